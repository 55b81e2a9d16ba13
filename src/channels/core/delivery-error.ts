/**
 * Why a part was not confirmed. `retry`: the platform may take it later. `permanent`: it never will, so a person has to look at it.
 * `credentials`: nothing gets through until the operator mends the configuration; the part waits like one that is retried.
 */
export type DeliveryFailure = 'retry' | 'permanent' | 'credentials';

/** What the platform wants to be left alone: this conversation, where its documentation says so, or everything of the channel. */
export type DeliveryScope = 'conversation' | 'channel';

export interface DeliveryErrorOptions extends ErrorOptions {
  /** Left out: the channel. Matters where there is something to wait for. */
  scope?: DeliveryScope;
}

/** A part that the platform has not confirmed. The message holds the platform's own words where there are any. */
export class DeliveryError extends Error {
  readonly scope: DeliveryScope;

  constructor(
    readonly failure: DeliveryFailure,
    message: string,
    /** Milliseconds that the platform wants to be left alone. */
    readonly retryAfterMs?: number,
    { scope = 'channel', ...options }: DeliveryErrorOptions = {},
  ) {
    super(message, options);
    this.name = 'DeliveryError';
    this.scope = scope;
  }
}
