import {
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
} from 'class-validator';
import type { ValidatorConstraintInterface } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

const HTTP_URL = { message: '$property must be an http:// or https:// URL' };

@ValidatorConstraint({ name: 'urlMap' })
class IsUrlMap implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return Object.values(value).every((url) => typeof url === 'string' && /^https?:\/\/./.test(url));
  }

  defaultMessage(): string {
    return 'each value an http:// or https:// URL';
  }
}

/** `[web_search]`: searches of the agent. */
@Section('web_search', 'The tool web_search_tool: the agent searches the web.')
export class WebSearchConfig {
  @Key({ doc: 'Offer the tool to the agent.', env: ['ZEROCLAW_WEB_SEARCH_ENABLED', 'WEB_SEARCH_ENABLED'], live: true })
  @IsBoolean()
  enabled = false;

  @Key({
    doc: 'Who searches: duckduckgo (no key; it turns machines away now and then), brave, tavily, exa, jina, perplexity, firecrawl or searxng (your own, at api_url).',
    env: ['ZEROCLAW_WEB_SEARCH_PROVIDER', 'WEB_SEARCH_PROVIDER'],
    live: true,
  })
  @IsString()
  provider = 'duckduckgo';

  @Key({ doc: 'Who is asked when the provider fails, in this order.', live: true, example: ['brave'] })
  @IsArray()
  @IsString({ each: true })
  fallback_providers: string[] = [];

  @Key({
    doc: 'Results at the most.',
    env: ['ZEROCLAW_WEB_SEARCH_MAX_RESULTS', 'WEB_SEARCH_MAX_RESULTS'],
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(20)
  max_results = 5;

  @Key({
    doc: 'Seconds one attempt may take.',
    env: ['ZEROCLAW_WEB_SEARCH_TIMEOUT_SECS', 'WEB_SEARCH_TIMEOUT_SECS'],
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(300)
  timeout_secs = 15;

  @Key({ doc: 'Further attempts with a provider before the next one is asked.', live: true })
  @IsInt()
  @Min(0)
  @Max(5)
  retries_per_provider = 0;

  @Key({ doc: 'Milliseconds before the first further attempt; each one after it waits twice as long.', live: true })
  @IsInt()
  @Min(0)
  @Max(60_000)
  retry_backoff_ms = 250;

  @Key({ doc: 'User-Agent header.', live: true })
  @IsString()
  user_agent = 'Mozilla/5.0 (compatible; ZeroClaw/1.0)';

  @Key({
    doc: 'Base URL of the provider, when it is not the usual one; searxng always needs it.',
    live: true,
    example: 'https://searx.example.com',
  })
  @IsOptional()
  @Matches(/^https?:\/\//, HTTP_URL)
  api_url?: string;

  @Key({
    doc: 'Base URLs of fallback providers, by name.',
    live: true,
    example: { searxng: 'https://searx.example.com' },
  })
  @Validate(IsUrlMap)
  api_urls: Record<string, string> = {};

  @Key({ doc: 'Key of the provider.', secret: true, live: true })
  @IsOptional()
  @IsString()
  api_key?: string;

  @Key({ doc: 'Key of Brave Search.', env: ['ZEROCLAW_BRAVE_API_KEY', 'BRAVE_API_KEY'], secret: true, live: true })
  @IsOptional()
  @IsString()
  brave_api_key?: string;

  @Key({ doc: 'Key of Tavily.', env: ['ZEROCLAW_TAVILY_API_KEY', 'TAVILY_API_KEY'], secret: true, live: true })
  @IsOptional()
  @IsString()
  tavily_api_key?: string;

  @Key({ doc: 'Key of Exa.', env: ['ZEROCLAW_EXA_API_KEY', 'EXA_API_KEY'], secret: true, live: true })
  @IsOptional()
  @IsString()
  exa_api_key?: string;

  @Key({ doc: 'Key of Jina.', env: ['ZEROCLAW_JINA_API_KEY', 'JINA_API_KEY'], secret: true, live: true })
  @IsOptional()
  @IsString()
  jina_api_key?: string;

  @Key({
    doc: 'Key of Perplexity.',
    env: ['ZEROCLAW_PERPLEXITY_API_KEY', 'PERPLEXITY_API_KEY'],
    secret: true,
    live: true,
  })
  @IsOptional()
  @IsString()
  perplexity_api_key?: string;

  @Key({
    doc: 'Key of Firecrawl.',
    env: ['ZEROCLAW_FIRECRAWL_API_KEY', 'FIRECRAWL_API_KEY'],
    secret: true,
    live: true,
  })
  @IsOptional()
  @IsString()
  firecrawl_api_key?: string;
}
