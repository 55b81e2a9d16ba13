import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../errors/app-error';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** The key a client sent as `Idempotency-Key` or `X-Idempotency-Key`; undefined without one. Throws 400 for a key that cannot be one. */
export function idempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const standard = headers['idempotency-key'];
  const legacy = headers['x-idempotency-key'];
  // What nearly every request takes.
  if (standard === undefined && legacy === undefined) return undefined;
  const key = trimmed(standard);
  const other = trimmed(legacy);
  if (key !== undefined && other !== undefined && key !== other) {
    throw invalid('Idempotency-Key and X-Idempotency-Key differ: send one of them');
  }
  return key ?? other;
}

function trimmed(value: string | string[] | undefined): string | undefined {
  const key = (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim();
  if (key === '') return undefined;
  if (PRINTABLE.test(key)) return key;
  throw invalid(
    'An idempotency key has at most 255 printable ASCII characters: a fresh UUID per request is a good one',
  );
}

function invalid(message: string): AppError {
  return new AppError(400, 'idempotency.invalid_key', message);
}
