import type { IncomingHttpHeaders } from 'node:http';

const LONGEST_SECONDS = 86_400;

/** Whole seconds, rounded up, from `Retry-After` (seconds or an HTTP date) or OpenAI's `retry-after-ms`. */
export function retryAfterSeconds(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exact = headers['retry-after-ms'];
  if (typeof exact === 'string' && /^\d+(\.\d+)?$/.test(exact)) return bounded(Number(exact) / 1000);
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return bounded(Number(value));
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : bounded((date - now) / 1000);
}

function bounded(seconds: number): number {
  return Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_SECONDS);
}
