import type { EgressFailure } from './egress-error';
import type { RefusalReason } from './egress-refusal';

/** How a guarded call ended: with an answer of any status, refused by the policy, left by its caller, or without an answer. */
export type EgressOutcome = 'answered' | 'refused' | 'aborted' | EgressFailure;

declare module '../events/event-bus' {
  interface GatewayEvents {
    'egress.finished': {
      /** A constant of the calling room, such as `web_fetch`. */
      purpose: string;
      outcome: EgressOutcome;
      /** Why the policy refused it. */
      reason?: RefusalReason;
      durationMs: number;
    };
  }
}
