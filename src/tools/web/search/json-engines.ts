import type { SearchCall, SearchEngine, SearchHit, SearchQuestion } from './search-engine';

/** An engine that answers with JSON: a list of hits somewhere, and the names of their fields. */
interface JsonEngine {
  id: string;
  url: string;
  needsKey?: false;
  ask: (question: SearchQuestion) => SearchCall;
  /** Where the list is. */
  list: readonly string[];
  /** The first of these that has text is the snippet. */
  snippet: readonly string[];
}

const ENGINES: readonly JsonEngine[] = [
  {
    // https://api-dashboard.search.brave.com/app/documentation/web-search
    id: 'brave',
    url: 'https://api.search.brave.com',
    ask: ({ base, query, count, key }) =>
      get(`${base}/res/v1/web/search`, { q: query, count }, { 'x-subscription-token': key }),
    list: ['web', 'results'],
    snippet: ['description'],
  },
  {
    // https://docs.tavily.com/documentation/api-reference/endpoint/search
    id: 'tavily',
    url: 'https://api.tavily.com',
    ask: ({ base, query, count, key }) => post(`${base}/search`, { query, max_results: count }, bearer(key)),
    list: ['results'],
    snippet: ['content'],
  },
  {
    // https://docs.exa.ai/reference/search
    id: 'exa',
    url: 'https://api.exa.ai',
    ask: ({ base, query, count, key }) =>
      post(
        `${base}/search`,
        { query, numResults: count, contents: { text: { maxCharacters: 500 } } },
        { 'x-api-key': key },
      ),
    list: ['results'],
    snippet: ['text', 'summary'],
  },
  {
    // https://jina.ai/reader
    id: 'jina',
    url: 'https://s.jina.ai',
    ask: ({ base, query, count, key }) =>
      get(`${base}/`, { q: query, num: count }, { ...bearer(key), 'x-respond-with': 'no-content' }),
    list: ['data'],
    snippet: ['description', 'content'],
  },
  {
    // https://docs.perplexity.ai/api-reference/search-post
    id: 'perplexity',
    url: 'https://api.perplexity.ai',
    ask: ({ base, query, count, key }) => post(`${base}/search`, { query, max_results: count }, bearer(key)),
    list: ['results'],
    snippet: ['snippet'],
  },
  {
    // https://docs.firecrawl.dev/api-reference/v1-endpoint/search
    id: 'firecrawl',
    url: 'https://api.firecrawl.dev',
    ask: ({ base, query, count, key }) => post(`${base}/v1/search`, { query, limit: count }, bearer(key)),
    list: ['data'],
    snippet: ['description'],
  },
  {
    // https://docs.searxng.org/dev/search_api.html; its settings must allow the format json.
    id: 'searxng',
    url: '',
    needsKey: false,
    ask: ({ base, query, key }) => get(`${base}/search`, { q: query, format: 'json' }, key ? bearer(key) : {}),
    list: ['results'],
    snippet: ['content'],
  },
];

export const jsonEngines: readonly SearchEngine[] = ENGINES.map((engine) => ({
  id: engine.id,
  url: engine.url,
  needsKey: engine.needsKey ?? true,
  ask: engine.ask,
  read: (body) => hitsOf(JSON.parse(body), engine),
}));

function hitsOf(answer: unknown, { list, snippet }: JsonEngine): SearchHit[] {
  const found = list.reduce<unknown>((value, name) => field(value, name), answer);
  // Brave leaves the list out when there is nothing to list.
  if (found === undefined && typeof answer === 'object' && answer !== null && !('error' in answer)) return [];
  if (!Array.isArray(found)) throw new Error('the answer holds no list of results');
  return found.map((hit) => ({
    title: text(field(hit, 'title')),
    url: text(field(hit, 'url')),
    snippet: snippet.map((name) => text(field(hit, name))).find((value) => value !== '') ?? '',
  }));
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function get(url: string, query: Record<string, string | number>, headers: Record<string, string>): SearchCall {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return { url: `${url}?${search}`, method: 'GET', headers: { accept: 'application/json', ...headers } };
}

function post(url: string, body: unknown, headers: Record<string, string>): SearchCall {
  return {
    url,
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}
