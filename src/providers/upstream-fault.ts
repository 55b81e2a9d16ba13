import type { ProviderErrorKind } from './provider-error';

/** What a host said about its failure: the fields of its error body, as far as it had any. The `cause` of a ProviderError; only logged. */
export class UpstreamFault extends Error {
  constructor(
    message: string,
    readonly status?: number,
    readonly code?: string,
    readonly type?: string,
    readonly param?: string,
  ) {
    super(message);
    this.name = 'UpstreamFault';
  }
}

const BY_WORD: Record<string, ProviderErrorKind> = {
  insufficient_quota: 'quota',
  billing_error: 'quota',
  billing_hard_limit_reached: 'quota',
  insufficient_balance: 'quota',
  // Zhipu's numbers for an account in arrears and a used-up plan.
  '1113': 'quota',
  '1311': 'quota',
  rate_limit_exceeded: 'rate_limit',
  rate_limit_error: 'rate_limit',
  rate_limit_reached_error: 'rate_limit',
  invalid_api_key: 'auth',
  api_key_invalid: 'auth',
  authentication_error: 'auth',
  permission_error: 'auth',
  unauthenticated: 'auth',
  permission_denied: 'auth',
  model_not_found: 'not_found',
  not_found_error: 'not_found',
  context_length_exceeded: 'context_length',
  request_too_large: 'context_length',
  overloaded_error: 'server',
  server_error: 'server',
  internal_server_error: 'server',
  api_error: 'server',
  service_unavailable: 'server',
  timeout_error: 'timeout',
  invalid_request_error: 'invalid_request',
  invalid_argument: 'invalid_request',
};

/** Hosts that give no code for it; these sentences are theirs from the first word. */
const TOO_LONG = /^(?:prompt is too long|this model's maximum context length is|the input token count .{0,40}exceeds)/i;

/** Sorts a fault by its typed fields: the code, then the status, then the type. */
export function faultKind({ status, code, type, message }: UpstreamFault): ProviderErrorKind {
  const byCode = code === undefined ? undefined : BY_WORD[code.toLowerCase()];
  const byType = type === undefined ? undefined : BY_WORD[type.toLowerCase()];
  const kind = [byCode, byType].find((found) => found !== undefined && found !== 'invalid_request');
  if (kind && kind !== 'server') return kind;
  const byStatus = statusKind(status ?? (code && /^[45]\d\d$/.test(code) ? Number(code) : undefined));
  if (byStatus === 'invalid_request' && TOO_LONG.test(message)) return 'context_length';
  return byStatus ?? kind ?? byCode ?? byType ?? 'server';
}

function statusKind(status: number | undefined): ProviderErrorKind | undefined {
  if (status === undefined || status < 300) return undefined;
  if (status < 400) return 'malformed';
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404 || status === 405) return 'not_found';
  if (status === 408 || status === 504 || status === 524) return 'timeout';
  if (status === 429) return 'rate_limit';
  return status < 500 ? 'invalid_request' : 'server';
}

/** Reads the error bodies in use: OpenAI's and Anthropic's `{error: {…}}`, Google's list of one, `{error: "…"}`, `{message}`, `{detail}`. */
export function parseFault(body: string, status?: number): UpstreamFault {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return new UpstreamFault(body.slice(0, 1000), status);
  }
  return toFault(json, status);
}

export function toFault(json: unknown, status?: number): UpstreamFault {
  const outer = record(Array.isArray(json) ? json[0] : json);
  const inner = typeof outer['error'] === 'object' ? record(outer['error']) : outer;
  const message = [inner['message'], outer['error'], outer['message'], outer['detail']].find(
    (text) => typeof text === 'string',
  );
  return new UpstreamFault(
    typeof message === 'string' ? message : '',
    status,
    reason(inner['details']) ?? word(inner['code']),
    word(inner['type']) ?? word(inner['status']),
    word(inner['param']),
  );
}

/** Google names the real reason in a list of details. */
function reason(details: unknown): string | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.map((detail) => word(record(detail)['reason'])).find((found) => found !== undefined);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
