/** Why a call got no answer. The closed set that callers decide by. */
export type EgressFailure =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'tls'
  | 'connect_timeout'
  | 'answer_timeout'
  | 'idle_timeout'
  | 'protocol';

const BY_CODE: Record<string, EgressFailure> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'answer_timeout',
  UND_ERR_BODY_TIMEOUT: 'idle_timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'protocol',
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  CERT_REVOKED: 'tls',
};

/** A call that failed below HTTP: no answer came, or its body broke off. The library's own error is the `cause`. */
export class EgressError extends Error {
  constructor(
    readonly failure: EgressFailure,
    cause: unknown,
  ) {
    super(`the connection failed: ${failure}`, { cause });
    this.name = 'EgressError';
  }
}

/** Names the failure behind an error of undici or of the socket; also for errors that a response body emits. */
export function egressFailure(error: unknown): EgressFailure {
  if (error instanceof EgressError) return error.failure;
  if (typeof error !== 'object' || error === null) return 'reset';
  const code = 'code' in error ? String(error.code) : '';
  const known = BY_CODE[code];
  if (known) return known;
  if ('name' in error && error.name === 'HTTPParserError') return 'protocol';
  if (code.startsWith('ERR_TLS_') || code.startsWith('ERR_SSL_')) return 'tls';
  // Happy Eyeballs tries every address and reports them together; the first one speaks for all.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return egressFailure(error.errors[0]);
  return 'cause' in error ? egressFailure(error.cause) : 'reset';
}
