export interface AppErrorOptions {
  /** Seconds after which the same request may succeed; becomes `retry_after` and the `Retry-After` header. */
  retryAfter?: number;
  /** Name of the request field at fault, where one is. OpenAI routes show it as `param`. */
  param?: string;
  /** Extra response headers, such as `Allow` or `WWW-Authenticate`. */
  headers?: Record<string, string>;
  /** Further fields of the native body, such as a list of everything that is wrong. Never a secret. */
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/**
 * An error whose sentence is meant for the caller. The error filter turns it into the door's response shape.
 * `code` is stable and namespaced (`pairing.locked`); `message` says what to do and never holds a secret.
 */
export class AppError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
  }
}
