import { HttpRequestTool } from '../../../../src/tools/web/http-request.tool';
import { type GuardUnderTest, startGuard } from '../../../support/guarded-egress';
import { patient } from '../../../support/models';
import { startWebSite, type WebHandler, type WebSite } from '../../../support/web-site';

const SECRET = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
const CONFIG = `[security.url_access]
allow_loopback = true
[http_request]
enabled = true
allowed_domains = ["127.0.0.1", "api.example"]
max_response_size = 1000
[http_request.credential_profiles.github]
env_var = "GITHUB_TOKEN"
[http_request.credential_profiles.keyed]
env_var = "GITHUB_TOKEN"
header_name = "X-Api-Key"
value_prefix = ""
allowed_domains = ["api.example"]
[http_request.credential_profiles.unset]
env_var = "NOWHERE_TOKEN"
`;

describe('http_request', () => {
  let guard: GuardUnderTest;
  let tool: HttpRequestTool;
  let site: WebSite;
  let handler: WebHandler;

  beforeEach(async () => {
    guard = await startGuard(CONFIG, { GITHUB_TOKEN: SECRET });
    tool = new HttpRequestTool(guard.config, guard.egress);
    handler = (_request, response) => void response.end('ok');
    site = await startWebSite((...call) => handler(...call));
    guard.hosts.set('api.example', ['127.0.0.1']);
    guard.hosts.set('other.example', ['127.0.0.1']);
  });
  afterEach(async () => {
    await site.stop();
    await guard.stop();
  });

  const call = (args: Record<string, unknown> = {}, signal = patient()) =>
    tool.execute({ url: site.url, ...args }, { sessionId: undefined, signal });

  it('is off until the configuration says otherwise', async () => {
    expect(tool.off()).toBeUndefined();
    await guard.reconfigure('');
    expect(tool.off()).toBe('[http_request] enabled is false');
  });

  it('sends what the model wrote and shows the answer', async () => {
    handler = (_request, response) =>
      void response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":7}');
    const { success, output } = await call({
      url: `${site.url}/items?x=1`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Trace': 'abc' },
      body: '{"name":"x"}',
    });
    expect(success).toBe(true);
    expect(output).toMatch(/^\[From outside, 127\.0\.0\.1:\d+\. .*\]\nHTTP 201 Created\n/);
    expect(output).toContain('content-type: application/json\n');
    expect(output).toMatch(/\n\n\{"id":7\}$/);
    expect(site.asked).toMatchObject([
      {
        method: 'POST',
        path: '/items?x=1',
        body: '{"name":"x"}',
        headers: { 'content-type': 'application/json', 'x-trace': 'abc', 'user-agent': 'ZeroClaw/1.0' },
      },
    ]);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', undefined])('knows the method %s', async (method) => {
    expect((await call({ method })).output).toContain('HTTP 200 OK');
    expect(site.asked[0]?.method).toBe(method ?? 'GET');
  });

  it.each([
    ['GET', undefined, 'low'],
    ['HEAD', undefined, 'low'],
    ['GET', 'github', 'medium'],
    ['POST', undefined, 'medium'],
    ['PATCH', undefined, 'medium'],
    ['DELETE', undefined, 'high'],
    ['TRACE', undefined, 'medium'],
  ])('%s with the credential %s is of %s risk', async (method, credential_profile, risk) => {
    expect(await tool.assess({ method, ...(credential_profile && { credential_profile }) })).toEqual({ risk });
  });

  it('shows a failure as one, with what the API says', async () => {
    handler = (_request, response) => void response.writeHead(422).end('name is missing');
    const { success, output } = await call();
    expect(success).toBe(false);
    expect(output).toMatch(/HTTP 422 Unprocessable Entity[^]*name is missing$/);
  });

  it('shows a redirect instead of following it', async () => {
    handler = (_request, response) => void response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
    expect((await call()).output).toMatch(/HTTP 302 Found\nlocation: http:\/\/10\.0\.0\.1\/\n/);
    expect(site.asked).toHaveLength(1);
  });

  it('keeps sessions and keys of the answer to itself', async () => {
    handler = (_request, response) => {
      response
        .writeHead(200, {
          'set-cookie': ['sid=1', 'other=2'],
          'x-auth-token': 't',
          'www-authenticate': 'Basic',
          'x-csrf-token': 'c',
          'x-amz-security-token': 's',
          'x-ratelimit-remaining': '7',
          etag: '"e"',
        })
        .end();
    };
    const { output } = await call();
    expect(output).toMatch(/x-ratelimit-remaining: 7\netag: "e"/);
    expect(output).not.toMatch(/sid=|cookie|token|authenticate|connection/);
    expect(output).toMatch(/\[no body\]$/);
  });

  it.each([
    ['longer than configured', 'x'.repeat(2000), /\n\nx{1000}\n\[cut: the body is longer\]$/],
    ['no text', Buffer.from([0, 1, 2]), /\n\n\[3 bytes of binary data, not shown\]$/],
  ])('bounds a body that is %s', async (_what, body, shown) => {
    handler = (_request, response) => void response.end(body);
    expect((await call()).output).toMatch(shown);
  });

  it('takes 0 as the most, not as nothing', async () => {
    await guard.reconfigure(CONFIG.replace('max_response_size = 1000', 'max_response_size = 0'));
    handler = (_request, response) => void response.end('x'.repeat(50_000));
    expect((await call()).output).toMatch(/\n\nx{50000}$/);
  });

  describe('credentials', () => {
    it('are put into the call and stay out of the conversation', async () => {
      handler = (request, response) => {
        response.writeHead(200, { 'x-echo': String(request.headers.authorization) });
        response.end(`you sent ${request.headers.authorization}`);
      };
      const { success, output } = await call({ credential_profile: 'github', headers: { authorization: 'mine' } });
      expect(success).toBe(true);
      expect(site.asked[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
      expect(output).toContain('you sent Bearer [credential]');
      expect(output).not.toContain(SECRET);
    });

    it('use the header of their profile', async () => {
      await call({ url: `https://api.example:${site.port}/`, credential_profile: 'keyed' });
      const refused = await call({ credential_profile: 'keyed' });
      expect(refused).toEqual({ success: false, output: 'the profile "keyed" is only for api.example' });
      expect(site.asked).toEqual([]);
    });

    it.each([
      ['nonesuch', /there is no credential profile "nonesuch"\. The profiles are: github, keyed, unset/],
      ['constructor', /there is no credential profile "constructor"/],
      ['unset', /the credential of the profile "unset" is not set; an operator has to provide it/],
    ])('are explained: %s', async (credential_profile, reason) => {
      const { success, output } = await call({ credential_profile });
      expect({ success, output }).toEqual({ success: false, output: expect.stringMatching(reason) as string });
      expect(output).not.toContain('NOWHERE_TOKEN');
    });

    it('go over https only, but for this machine', async () => {
      const { output } = await call({ url: `http://api.example:${site.port}/`, credential_profile: 'github' });
      expect(output).toBe('a credential is only sent over https');
    });

    it.each([
      'https://api.example.evil.test/',
      'https://127.0.0.1.evil.test/',
      'https://evil.test/?api.example',
      'https://api.example@evil.test/',
      'not a url',
    ])('never go to %s', async (url) => {
      expect((await call({ url, credential_profile: 'github' })).output).toMatch(
        /is only for 127\.0\.0\.1, api\.example/,
      );
    });

    it('need hosts of their own when every host may be called', async () => {
      await guard.reconfigure(CONFIG.replace('["127.0.0.1", "api.example"]', '["*"]'));
      const { output } = await call({ credential_profile: 'github' });
      expect(output).toMatch(/\[http_request\.credential_profiles\.github\] allowed_domains/);
      expect(site.asked).toEqual([]);
    });
  });

  describe('refuses', () => {
    it.each([
      ['a host that is not listed', { url: 'http://other.example/' }, /not among the hosts that the operator allows/],
      ['an address inside', { url: 'http://169.254.169.254/' }, /not among|metadata/],
      ['another scheme', { url: 'file:///etc/passwd' }, /only http and https/],
      ['a method', { method: 'CONNECT' }, /the method must be one of GET/],
      ['a host header', { headers: { Host: 'inside' } }, /the header Host is set by the gateway/],
      ['a framing header', { headers: { 'Transfer-Encoding': 'chunked' } }, /is set by the gateway/],
      ['a proxy header', { headers: { 'Proxy-Authorization': 'x' } }, /is set by the gateway/],
      ['a smuggled line', { headers: { 'X-A': 'b\r\nX-B: c' } }, /has characters that no header may have/],
      ['a broken name', { headers: { 'X A': 'b' } }, /has characters that no header may have/],
      ['a header that is no text', { headers: { 'X-A': 7 } }, /must be text/],
      ['headers that are a list', { headers: ['X-A: b'] }, /headers must be an object/],
    ])('%s', async (_what, args, reason) => {
      expect(await call(args)).toEqual({ success: false, output: expect.stringMatching(reason) as string });
      expect(site.asked).toEqual([]);
    });

    it('everything while no host is allowed', async () => {
      await guard.reconfigure('[security.url_access]\nallow_loopback = true\n[http_request]\nenabled = true\n');
      expect((await call()).output).toMatch(/not among the hosts that the operator allows/);
    });

    it('inside, whatever is listed', async () => {
      await guard.reconfigure('[http_request]\nenabled = true\nallowed_domains = ["*", "127.0.0.1"]\n');
      expect((await call()).output).toMatch(/127\.0\.0\.1 leads to a loopback address/);
    });
  });
});
