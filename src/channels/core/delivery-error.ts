/**
 * Why a part was not confirmed. `retry`: the platform may take it later. `permanent`: it never will, so a person has to look at it.
 * `credentials`: nothing gets through until the operator mends the configuration; the part waits like one that is retried.
 */
export type DeliveryFailure = 'retry' | 'permanent' | 'credentials';

/** A part that the platform has not confirmed. The message holds the platform's own words where there are any. */
export class DeliveryError extends Error {
  constructor(
    readonly failure: DeliveryFailure,
    message: string,
    /** Milliseconds that the platform wants to be left alone. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DeliveryError';
  }
}
