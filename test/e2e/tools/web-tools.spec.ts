import { type GatewayUnderTest, startGateway } from '../../support/gateway';
import { startWebSite, type WebHandler, type WebSite } from '../../support/web-site';

const TOML = `default_provider = "echo"
[autonomy]
non_cli_excluded_tools = []
[security.url_access]
allow_loopback = true
[web_fetch]
enabled = true
[http_request]
enabled = true
allowed_domains = ["127.0.0.1"]
[http_request.credential_profiles.site]
env_var = "SITE_TOKEN"
[web_search]
enabled = true
provider = "searxng"
`;

describe('the web tools, through the door', () => {
  let gateway: GatewayUnderTest;
  let site: WebSite;
  let handler: WebHandler;

  beforeAll(async () => {
    site = await startWebSite((...call) => handler(...call));
    const toml = `${TOML}api_url = "${site.url}"\n`;
    gateway = await startGateway({ toml, env: { SITE_TOKEN: 'site-token-3f9a1c' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await site.stop();
  });
  beforeEach(() => {
    site.asked.length = 0;
    handler = (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>');
  });

  /** What the agent says after it has called the tool; the echo model repeats the result. */
  const use = async (tool: string, args: Record<string, unknown>): Promise<string> => {
    const response = await gateway.fetch('/api/chat', { json: { message: `/tool ${tool} ${JSON.stringify(args)}` } });
    return ((await response.json()) as { reply: string }).reply;
  };
  const series = async (name: string) =>
    (await (await gateway.fetch('/metrics')).text()).split('\n').filter((line) => line.startsWith(name));

  it('a page is read and marked as coming from outside', async () => {
    const reply = await use('web_fetch', { url: `${site.url}/page` });
    expect(reply).toContain('[From outside, 127.0.0.1:');
    expect(reply).toContain('# Hi');
    expect(site.asked).toMatchObject([{ method: 'GET', path: '/page' }]);
  });

  it('an address inside is refused, and the refusal is counted', async () => {
    const reply = await use('web_fetch', { url: 'http://169.254.169.254/latest/meta-data/' });
    expect(reply).toMatch(/refused: 169\.254\.169\.254 leads to a metadata address/);
    expect(await series('zeroclaw_egress_refused_total')).toEqual([
      'zeroclaw_egress_refused_total{reason="metadata"} 1',
    ]);
    expect(await series('zeroclaw_egress_requests_total')).toContain(
      'zeroclaw_egress_requests_total{purpose="web_fetch",outcome="refused"} 1',
    );
  });

  it('a search brings results', async () => {
    handler = (_request, response) => {
      response.end(JSON.stringify({ results: [{ title: 'T', url: 'https://e.example/', content: 'S' }] }));
    };
    expect(await use('web_search_tool', { query: 'a b' })).toMatch(/1\. T\n\s+https:\/\/e\.example\/\n\s+S/);
    expect(site.asked).toMatchObject([{ path: '/search?q=a+b&format=json' }]);
  });

  it('an API is read at once, and changed only after a person has allowed it', async () => {
    handler = (_request, response) => void response.end('fine');
    expect(await use('http_request', { url: site.url })).toContain('HTTP 200 OK');
    expect(site.asked).toHaveLength(1);
    await use('http_request', { url: site.url, method: 'POST', body: 'x' });
    await use('http_request', { url: site.url, credential_profile: 'site' });
    expect(site.asked).toHaveLength(1);
    const held = (await (await gateway.fetch('/api/approvals')).json()) as {
      approvals: { tool: string; risk: string }[];
    };
    expect(held.approvals).toMatchObject([
      { tool: 'http_request', risk: 'medium' },
      { tool: 'http_request', risk: 'medium' },
    ]);
    expect(JSON.stringify(held)).not.toContain('site-token');
  });

  it('they are listed with what they take and how risky they are', async () => {
    const { tools } = (await (await gateway.fetch('/api/tools')).json()) as {
      tools: { name: string; risk: string; enabled: boolean }[];
    };
    const web = tools.filter(({ name }) => /^(http_request|web_fetch|web_search_tool)$/.test(name));
    expect(web).toMatchObject([
      { name: 'http_request', risk: 'medium', enabled: true },
      { name: 'web_fetch', risk: 'low', enabled: true },
      { name: 'web_search_tool', risk: 'low', enabled: true },
    ]);
  });
});

describe('a gateway as it comes', () => {
  it('has no web tools on, and says which key does it', async () => {
    const gateway = await startGateway();
    try {
      const { tools } = (await (await gateway.fetch('/api/tools')).json()) as {
        tools: { name: string; enabled: boolean; reason?: string }[];
      };
      const web = tools.filter(({ name }) => /^(http_request|web_fetch|web_search_tool)$/.test(name));
      expect(web.map(({ enabled, reason }) => [enabled, reason])).toEqual([
        [false, '[http_request] enabled is false'],
        [false, '[web_fetch] enabled is false'],
        [false, '[web_search] enabled is false'],
      ]);
    } finally {
      await gateway.stop();
    }
  });
});
