import { createHash } from 'node:crypto';
import { AppError } from '../errors/app-error';
import type { GatewayRequest } from '../http/principal';

export interface FingerprintedRequest extends GatewayRequest {
  /** The body's bytes where the door has kept them. */
  rawBody?: Uint8Array;
  route?: { path?: unknown };
}

/** Under which row a key is kept: a caller's keys never meet those of another caller or another route. */
export function scopeOf(request: FingerprintedRequest, key: string): string {
  const route = typeof request.route?.path === 'string' ? request.route.path : pathOf(request);
  return sha256(JSON.stringify([request.principal?.id ?? 'anonymous', request.method, route, key]));
}

/** What was asked, as a hash: the same question sent again gives the same one. */
export function requestHashOf(request: FingerprintedRequest): string {
  const wantsStream = request.headers.accept?.includes('text/event-stream') ?? false;
  return sha256(`${request.url}\n${wantsStream}\n`, request.rawBody ?? canonical(request.body));
}

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function pathOf(request: FingerprintedRequest): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** JSON whose members are in one order, for doors that keep only the parsed body. */
function canonical(body: unknown): string {
  try {
    return JSON.stringify(body, (_, value: unknown) => (isRecord(value) ? sorted(value) : value)) ?? '';
  } catch (error) {
    throw new AppError(400, 'request.invalid_body', 'The request body is nested too deeply', { cause: error });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}
