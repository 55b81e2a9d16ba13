import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderError, type ProviderErrorKind } from './provider-error';

/** What may pass by itself. */
const PASSING: ReadonlySet<ProviderErrorKind> = new Set(['rate_limit', 'server', 'timeout', 'connection', 'cut']);
const LONGEST_BACKOFF_MS = 10_000;
const LONGEST_WISH_SECONDS = 30;

export interface RetryPolicy {
  retries: number;
  backoffMs: number;
}

/**
 * Runs `attempt` until it succeeds, fails for good or the retries are used up; `attempt` says itself when nothing may be repeated any more
 * by not throwing. A host that asks for more than 30 s of patience is not waited for. Throws the signal's reason once it is aborted.
 */
export async function withRetries<T>(policy: RetryPolicy, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const wait = delay(error, tried, policy);
      if (wait === undefined) throw error;
      try {
        await sleep(wait, undefined, { signal });
      } catch {
        throw signal.reason;
      }
    }
  }
}

function delay(error: unknown, tried: number, { retries, backoffMs }: RetryPolicy): number | undefined {
  if (tried >= retries || !(error instanceof ProviderError) || !PASSING.has(error.kind)) return undefined;
  const wish = error.options.retryAfter ?? 0;
  if (wish > LONGEST_WISH_SECONDS) return undefined;
  const backoff = Math.min(backoffMs * 2 ** tried, LONGEST_BACKOFF_MS);
  // Half of it is random, so that callers that failed together do not come back together.
  return Math.max(wish * 1000, backoff * (0.5 + Math.random() / 2));
}
