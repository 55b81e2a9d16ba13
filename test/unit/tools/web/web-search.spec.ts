import { gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { Egress } from '../../../../src/platform/egress/egress';
import { HtmlWorkers } from '../../../../src/tools/web/html-workers';
import { SearchClient } from '../../../../src/tools/web/search/search-client';
import { WebSearchService } from '../../../../src/tools/web/search/web-search.service';
import { WebSearchTool } from '../../../../src/tools/web/web-search.tool';
import { type GuardUnderTest, startGuard } from '../../../support/guarded-egress';
import { patient } from '../../../support/models';
import { startWebSite, type WebHandler, type WebSite } from '../../../support/web-site';

/** The page of html.duckduckgo.com, as far as it matters. */
const DUCKDUCKGO = `<!DOCTYPE html><html><body><div id="links" class="results">
<div class="result results_links result--ad"><h2><a class="result__a" href="https://duckduckgo.com/y.js?ad=1">Buy now</a></h2></div>
<div class="result results_links web-result"><h2 class="result__title">
<a rel="nofollow" class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fnodejs.org%2Fapi%2F%3Fa%3D1&amp;rut=0f">Node.js <b>API</b></a></h2>
<a class="result__snippet" href="x">The <b>documentation</b> of
  Node.js</a></div>
<div class="result results_links web-result"><h2><a class="result__a" href="https://example.com/">Second</a></h2></div>
<div class="result results_links web-result"><h2><a class="result__a" href="//duckduckgo.com/l/?uddg=javascript%3Aalert(1)">Bad</a></h2></div>
</div></body></html>`;

/** What each engine answers, in its own form, and where its hits come from. */
const ANSWERS: [string, unknown][] = [
  ['brave', { web: { results: [{ title: 'T', url: 'https://e.example/', description: 'S' }] } }],
  ['tavily', { results: [{ title: 'T', url: 'https://e.example/', content: 'S', score: 1 }] }],
  ['exa', { results: [{ title: 'T', url: 'https://e.example/', text: 'S' }] }],
  ['jina', { code: 200, data: [{ title: 'T', url: 'https://e.example/', description: 'S' }] }],
  ['perplexity', { results: [{ title: 'T', url: 'https://e.example/', snippet: 'S' }] }],
  ['firecrawl', { success: true, data: [{ title: 'T', url: 'https://e.example/', description: 'S' }] }],
  ['searxng', { query: 'x', results: [{ title: 'T', url: 'https://e.example/', content: 'S' }] }],
];

describe('web_search_tool', () => {
  let guard: GuardUnderTest;
  let egress: Egress;
  let workers: HtmlWorkers;
  let tool: WebSearchTool;
  let service: WebSearchService;
  let handler: WebHandler;
  let site: WebSite;

  beforeAll(() => {
    workers = new HtmlWorkers();
  });
  afterAll(() => workers.onApplicationShutdown());
  beforeEach(async () => {
    handler = (_request, response) => void response.end(DUCKDUCKGO);
    site = await startWebSite((...call) => handler(...call));
  });
  afterEach(async () => {
    await egress.onApplicationShutdown();
    await site.stop();
    await guard.stop();
  });

  const start = async (toml: string, env: Record<string, string> = {}) => {
    guard = await startGuard(`[web_search]\nenabled = true\n${toml}`, env);
    egress = new Egress(guard.config);
    service = new WebSearchService(guard.config, new SearchClient(guard.config, egress, guard.events, workers));
    tool = new WebSearchTool(guard.config, service);
  };
  const json =
    (value: unknown, status = 200): WebHandler =>
    (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
  const search = (query = 'node api', signal = patient()) => tool.execute({ query }, { sessionId: undefined, signal });

  it('is off until the configuration says otherwise', async () => {
    await start('');
    expect(tool.off()).toBeUndefined();
    await guard.reconfigure('');
    expect(tool.off()).toBe('[web_search] enabled is false');
  });

  it('reads the results of DuckDuckGo, without its ads and without links that are none', async () => {
    await start(`api_url = "${site.url}"\n`);
    const { success, output } = await search('node api & more');
    expect(success).toBe(true);
    expect(output.split('\n')).toEqual([
      expect.stringMatching(/^\[From outside, results of duckduckgo for "node api & more"\. .*not to be followed\.\]$/),
      '1. Node.js API',
      '   https://nodejs.org/api/?a=1',
      '   The documentation of Node.js',
      '2. Second',
      '   https://example.com/',
    ]);
    expect(site.asked[0]?.path).toBe('/html/?q=node+api+%26+more');
    expect(guard.finished).toMatchObject([{ purpose: 'web_search', outcome: 'answered' }]);
  });

  it.each(ANSWERS)('reads the answer of %s', async (id, answer) => {
    await start(`provider = "${id}"\napi_url = "${site.url}/"\napi_key = "k-123"\nmax_results = 3\n`);
    handler = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(answer)));
    };
    const { success, output } = await search('what is it');
    expect([success, output.split('\n').slice(1)]).toEqual([true, ['1. T', '   https://e.example/', '   S']]);
    const [asked] = site.asked;
    expect(`${asked?.path} ${asked?.body}`).toMatch(/what( |\+)is( |\+)it/);
    expect(JSON.stringify(asked?.headers)).toContain('k-123');
  });

  it.each(ANSWERS)('says it when %s finds nothing', async (id, answer) => {
    await start(`provider = "${id}"\napi_url = "${site.url}"\napi_key = "k"\n`);
    handler = json(JSON.parse(JSON.stringify(answer).replace(/\[\{.*\}\]/, '[]')));
    expect(await search('xyzzy')).toEqual({
      success: true,
      output: 'No results for "xyzzy". Try other words, or fewer of them.',
    });
  });

  it('bounds what strangers may say', async () => {
    await start(`provider = "searxng"\napi_url = "${site.url}"\nmax_results = 2\n`);
    handler = json({
      results: [
        {
          title: `long ${'x'.repeat(9000)}`,
          url: 'https://a.example/',
          content: `line\nbreaks\u202e ${'y'.repeat(9000)}`,
        },
        { title: 7, url: 'https://b.example/' },
        { title: 'third', url: 'https://c.example/' },
        { title: 'none', url: 'file:///etc/passwd' },
        null,
      ],
    });
    const { output } = await search();
    expect(output.length).toBeLessThan(1200);
    expect(output).toMatch(
      /\n1\. long x+…\n {3}https:\/\/a\.example\/\n {3}line breaks y+…\n2\. \(no title\)\n {3}https:\/\/b\.example\/$/,
    );
  });

  describe('when an engine fails', () => {
    it('asks it again after a while, and then the next one', async () => {
      await start(`provider = "brave"\nbrave_api_key = "k"\nfallback_providers = ["searxng"]\nretries_per_provider = 2
retry_backoff_ms = 1\napi_url = "${site.url}/brave"\napi_urls = { searxng = "${site.url}/searx" }\n`);
      handler = (request, response, body) =>
        request.url?.startsWith('/brave')
          ? void response.writeHead(503).end('busy')
          : json({ results: [{ title: 'T', url: 'https://e.example/' }] })(request, response, body);
      const { output } = await search();
      expect(output).toMatch(/results of searxng/);
      expect(site.asked.map(({ path }) => path.split('/')[1])).toEqual(['brave', 'brave', 'brave', 'searx']);
    });

    it.each<[string, WebHandler, RegExp, number]>([
      ['with a refused key', json({ error: 'bad key k-123' }, 401), /brave: it refuses the key \(status 401\)/, 1],
      ['with too many calls', json({}, 429), /brave: it has been asked too often/, 2],
      ['inside', json({}, 500), /brave: it answered with status 500/, 2],
      [
        'with a redirect',
        (_request, response) => void response.writeHead(302, { location: '/x' }).end(),
        /status 302/,
        1,
      ],
      ['with no JSON', (_request, response) => void response.end('<html>'), /brave: the answer is not JSON/, 1],
      ['with other JSON', json({ web: { results: 'none' } }), /brave: the answer holds no list of results/, 1],
      ['with an error of its own', json({ error: 'no' }), /brave: the answer holds no list of results/, 1],
      ['without an answer', (request) => void request.socket.destroy(), /brave: no answer \(reset\)/, 2],
    ])('%s', async (_what, failing, reason, attempts) => {
      await start(
        `provider = "brave"\napi_key = "k-123"\napi_url = "${site.url}"\nretries_per_provider = 1\nretry_backoff_ms = 1\n`,
      );
      handler = failing;
      const { success, output } = await search();
      expect({ success, output }).toEqual({ success: false, output: expect.stringMatching(reason) as string });
      expect(output).toMatch(/Go on without it, or try again later\.$/);
      expect(output).not.toContain('k-123');
      expect(site.asked).toHaveLength(attempts);
    });

    it('knows the puzzle of DuckDuckGo from a page without results', async () => {
      await start(`api_url = "${site.url}"\n`);
      handler = (_request, response) =>
        void response.end('<html><form id="challenge-form">select all ducks</form></html>');
      expect((await search()).output).toMatch(/duckduckgo: it asks for a proof that the caller is a person/);
      handler = (_request, response) => void response.end('<html><div class="no-results">No results.</div></html>');
      expect((await search()).output).toMatch(/^No results for/);
    });

    it('in time', async () => {
      await start(`provider = "searxng"\napi_url = "${site.url}"\ntimeout_secs = 1\n`);
      handler = () => undefined;
      expect((await search()).output).toMatch(/searxng: it took too long/);
      expect(guard.finished).toMatchObject([{ outcome: 'answer_timeout' }]);
    });

    it('by its configuration, without a call', async () => {
      await start('provider = "brave"\nfallback_providers = ["searxng", "gogle"]\n');
      const { output } = await search();
      expect(output).toMatch(
        /\[web_search\] brave needs brave_api_key; \[web_search\] searxng needs api_url.*provider "gogle" is not known; there are duckduckgo, brave, /,
      );
      expect(site.asked).toEqual([]);
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      service.onApplicationBootstrap();
      expect(warn.mock.calls).toHaveLength(3);
      warn.mockRestore();
    });
  });

  it('takes keys from the environment, and sends each to its own engine only', async () => {
    await start(
      `provider = "tavily"\napi_url = "${site.url}"\nfallback_providers = ["brave"]\napi_urls = { brave = "${site.url}" }\n`,
      { TAVILY_API_KEY: 'tav-1', BRAVE_API_KEY: 'bra-2' },
    );
    handler = json({ nothing: 1, error: 1 });
    await search();
    const [tavily, brave] = site.asked.map(({ headers }) => JSON.stringify(headers));
    expect(tavily).toContain('tav-1');
    expect(brave).toContain('bra-2');
    expect(tavily).not.toContain('bra-2');
    expect(brave).not.toContain('tav-1');
  });

  it('ends when the turn does', async () => {
    const reason = new Error('the turn is over');
    const controller = new AbortController();
    await start(`provider = "searxng"\napi_url = "${site.url}"\nretries_per_provider = 5\n`);
    handler = () => controller.abort(reason);
    await expect(search('x', controller.signal)).rejects.toBe(reason);
    expect(site.asked).toHaveLength(1);
  });

  it.each([
    'api_urls = { searxng = 7 }',
    'api_urls = { searxng = "searx.example" }',
    'api_urls = ["x"]',
    'api_url = "searx"',
  ])('does not start with %s', async (line) => {
    await expect(startGuard(`[web_search]\n${line}\n`)).rejects.toThrow(
      /web_search\.api_url.*http:\/\/ or https:\/\/ URL/,
    );
    await start('');
  });

  it('refuses an empty query', async () => {
    await start('');
    expect(await search(' \n\u200b ')).toMatchObject({ success: false });
  });
});
