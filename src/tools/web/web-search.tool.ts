import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { RegisterTool } from '../register-tool';
import type { Tool, ToolContext, ToolResult } from '../tool';
import { oneLine, outsideText } from './outside-text';
import type { SearchHit } from './search/search-engine';
import { WebSearchService } from './search/web-search.service';
import { WebSearchConfig } from './web-search.config';

const MOST_QUERY_CHARS = 400;

/** Lets the model search the web with the engine that the operator chose. */
@RegisterTool()
@Injectable()
export class WebSearchTool implements Tool {
  readonly name = 'web_search_tool';
  readonly description =
    'Searches the web and returns a few results: title, URL and a short excerpt of each. Read a result with web_fetch when that is at hand.';
  readonly risk = 'low';
  readonly acts = true;
  readonly parameters = {
    type: 'object',
    properties: {
      query: {
        type: 'string',
        minLength: 1,
        maxLength: MOST_QUERY_CHARS,
        description: 'What to search for, as one would type it into a search engine.',
      },
    },
    required: ['query'],
    additionalProperties: false,
  };

  constructor(
    private readonly config: ConfigService,
    private readonly searches: WebSearchService,
  ) {}

  off(): string | undefined {
    return this.config.get(WebSearchConfig).enabled ? undefined : '[web_search] enabled is false';
  }

  async execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    const query = oneLine(String(args['query'] ?? ''), MOST_QUERY_CHARS);
    if (query === '') return { success: false, output: 'The query is empty. Say what to search for.' };
    const outcome = await this.searches.search(query, this.config.get(WebSearchConfig).max_results, signal);
    if (!outcome.ok) {
      const reasons = outcome.failures.join('; ');
      return { success: false, output: `The search failed: ${reasons}. Go on without it, or try again later.` };
    }
    if (outcome.hits.length === 0) {
      return { success: true, output: `No results for "${query}". Try other words, or fewer of them.` };
    }
    const list = outcome.hits.map((hit, index) => describe(hit, index + 1)).join('\n');
    return { success: true, output: outsideText(`results of ${outcome.engine} for "${query}"`, list) };
  }
}

function describe({ title, url, snippet }: SearchHit, number: number): string {
  const lines = [`${number}. ${oneLine(title, 200) || '(no title)'}`, `   ${oneLine(url, 1000)}`];
  const excerpt = oneLine(snippet, 500);
  return [...lines, ...(excerpt ? [`   ${excerpt}`] : [])].join('\n');
}
