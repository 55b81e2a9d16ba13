/**
 * How a request with an idempotency key ended: its answer was `stored`; an earlier answer was `replayed`; the key was `in_flight` (409);
 * the request was a `mismatch` (422); or it failed and the key was `released`.
 */
export const IDEMPOTENCY_OUTCOMES = ['stored', 'replayed', 'in_flight', 'mismatch', 'released'] as const;

export type IdempotencyOutcome = (typeof IDEMPOTENCY_OUTCOMES)[number];

declare module '../events/event-bus' {
  interface GatewayEvents {
    'idempotency.outcome': { outcome: IdempotencyOutcome };
  }
}
