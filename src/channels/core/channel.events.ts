import type { Ignored } from './channel';

export const INBOUND_OUTCOMES = ['received', 'duplicate', 'answered', 'retry', 'ignored_old', 'dead'] as const;
export const OUTBOUND_OUTCOMES = ['queued', 'sent', 'retry', 'dead'] as const;
export const REJECT_REASONS = [
  'not_configured',
  'misconfigured',
  'unsigned',
  'signature',
  'replayed',
  'invalid',
  'too_large',
  'incomplete',
  'rate_limited',
  'store',
] as const;

export type InboundOutcome = (typeof INBOUND_OUTCOMES)[number];
export type OutboundOutcome = (typeof OUTBOUND_OUTCOMES)[number];
/** Why a platform's request was not taken. */
export type RejectReason = (typeof REJECT_REASONS)[number];

declare module '../../platform/events/event-bus' {
  interface GatewayEvents {
    /** What became of a message or an answer. `seconds`: of the turn for `answered`, from storing to the platform's word for `sent`. */
    'channel.message': { channel: string; seconds?: number } & (
      { direction: 'inbound'; outcome: InboundOutcome } | { direction: 'outbound'; outcome: OutboundOutcome }
    );
    /** Something in a genuine request that starts no turn. */
    'channel.ignored': { channel: string; reason: Ignored };
    'channel.rejected': { channel: string; reason: RejectReason; bearer: 'missing' | 'invalid' };
    /** A request was taken; `seconds` from its first byte to the decision. */
    'channel.acknowledged': { channel: string; seconds: number };
    /** A person did something about a message or an answer by hand. */
    'channel.handled': { channel: string; id: string; action: 'retry' | 'delete'; by: string };
  }
}
