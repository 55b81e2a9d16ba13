import type { HtmlWorkers } from '../html-workers';
import type { SearchEngine } from './search-engine';

const READ_LIMIT_MS = 3000;

/** DuckDuckGo's page for browsers without JavaScript: needs no key, and now and then shows a puzzle instead of results. */
export function duckDuckGo(workers: HtmlWorkers): SearchEngine {
  return {
    id: 'duckduckgo',
    url: 'https://html.duckduckgo.com',
    needsKey: false,
    ask: ({ base, query }) => ({
      url: `${base}/html/?${new URLSearchParams({ q: query })}`,
      method: 'GET',
      headers: { accept: 'text/html' },
    }),
    read: async (html, signal) => {
      const task = {
        kind: 'rows',
        html,
        row: '.result:not(.result--ad)',
        fields: ['.result__a', '.result__a@href', '.result__snippet'],
      } as const;
      const rows = await workers.run(task, READ_LIMIT_MS, signal);
      if (rows.length === 0 && !/no-results|No results/.test(html)) {
        throw new Error('it asks for a proof that the caller is a person');
      }
      return rows.map(([title = '', link = '', snippet = '']) => ({ title, url: target(link), snippet }));
    },
  };
}

/** Links lead over `//duckduckgo.com/l/?uddg=<the page>`. */
function target(link: string): string {
  const url = URL.parse(link, 'https://duckduckgo.com');
  return url?.searchParams.get('uddg') ?? url?.href ?? '';
}
