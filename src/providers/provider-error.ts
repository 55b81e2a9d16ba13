import { AppError } from '../platform/errors/app-error';

/**
 * Why a model host failed. The closed set is also the metric label.
 * `auth` the host refused the key · `rate_limit` · `quota` the account is out of credit · `invalid_request` the host refused the content ·
 * `not_found` no such model · `context_length` · `server` 5xx · `timeout` · `connection` unreachable · `malformed` not the protocol ·
 * `cut` the stream ended early · `circuit_open` not tried because it kept failing
 */
export type ProviderErrorKind =
  | 'auth'
  | 'rate_limit'
  | 'quota'
  | 'invalid_request'
  | 'not_found'
  | 'context_length'
  | 'server'
  | 'timeout'
  | 'connection'
  | 'malformed'
  | 'cut'
  | 'circuit_open';

const STATUS: Record<ProviderErrorKind, number> = {
  auth: 502,
  rate_limit: 429,
  quota: 502,
  invalid_request: 400,
  not_found: 404,
  context_length: 400,
  server: 502,
  timeout: 504,
  connection: 502,
  malformed: 502,
  cut: 502,
  circuit_open: 503,
};

/** A failed model call. `message` is scrubbed of secrets and fit for a client; the upstream's own words are in `cause` and only logged. */
export class ProviderError extends AppError {
  constructor(
    readonly kind: ProviderErrorKind,
    readonly provider: string,
    message: string,
    details: { upstreamStatus?: number; retryAfter?: number; param?: string; cause?: unknown } = {},
  ) {
    super(STATUS[kind], `provider.${kind}`, message, {
      cause: details.cause,
      ...(details.retryAfter === undefined ? {} : { retryAfter: details.retryAfter }),
      ...(details.param === undefined ? {} : { param: details.param }),
    });
    this.name = 'ProviderError';
    this.upstreamStatus = details.upstreamStatus;
  }

  readonly upstreamStatus: number | undefined;
}
