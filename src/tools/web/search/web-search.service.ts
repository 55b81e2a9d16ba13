import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigService } from '../../../platform/config/config.service';
import { SearchClient, SearchFailure } from './search-client';
import { WebSearchConfig } from '../web-search.config';
import type { SearchHit } from './search-engine';

export type SearchOutcome =
  | { ok: true; engine: string; hits: SearchHit[] }
  /** What went wrong with each engine, as sentences. */
  | { ok: false; failures: string[] };

/** Searches with the configured engine, and with the others in turn when it fails. */
@Injectable()
export class WebSearchService implements OnApplicationBootstrap {
  private readonly logger = new Logger(WebSearchService.name);

  constructor(
    private readonly config: ConfigService,
    private readonly client: SearchClient,
  ) {}

  /** A misspelt provider would only show when somebody searches. */
  onApplicationBootstrap(): void {
    const { enabled } = this.config.get(WebSearchConfig);
    const problems = enabled ? this.engines().flatMap((id) => this.client.problem(id) ?? []) : [];
    for (const problem of problems) this.logger.warn(problem);
  }

  /** Rejects only with the signal's reason. */
  async search(query: string, count: number, signal: AbortSignal): Promise<SearchOutcome> {
    const failures: string[] = [];
    for (const id of this.engines()) {
      const problem = this.client.problem(id);
      const result = problem ?? (await this.attempt(id, query, count, signal));
      if (typeof result !== 'string') return { ok: true, engine: id, hits: result };
      failures.push(problem ?? `${id}: ${result}`);
    }
    return { ok: false, failures };
  }

  private engines(): string[] {
    const { provider, fallback_providers: fallbacks } = this.config.get(WebSearchConfig);
    return [...new Set([provider, ...fallbacks].map((id) => id.trim().toLowerCase()))];
  }

  /** The hits, or why there are none. */
  private async attempt(id: string, query: string, count: number, signal: AbortSignal): Promise<SearchHit[] | string> {
    const { retries_per_provider: retries, retry_backoff_ms: backoff } = this.config.get(WebSearchConfig);
    for (let tries = 0; ; tries++) {
      try {
        return await this.client.search(id, query, count, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof SearchFailure)) throw error;
        if (!error.mayPass || tries >= retries) return error.message;
      }
      await wait(backoff * 2 ** tries, undefined, { signal });
    }
  }
}
