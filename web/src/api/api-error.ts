/** What the gateway refused, in its own words. `code` is stable; `retryAfter` is in seconds. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The sentence for the person in front of the page. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return 'The gateway cannot be reached. Is it running?';
}
