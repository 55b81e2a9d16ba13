import type { ToolRisk } from './tool';

/** Why a call was not made. Also a metric label, so the set is closed. */
export const REFUSAL_REASONS = [
  /** Off by configuration, or kept from remote callers. */
  'unavailable',
  /** The autonomy level is read-only. */
  'read_only',
  /** The hour's actions are used up. */
  'budget',
  /** The command, its syntax or its arguments are not allowed. */
  'command',
  /** A high-risk command while those are blocked. */
  'high_risk',
  /** A path outside of what is allowed, or a sensitive file. */
  'path',
  /** The door cannot wait for a person. */
  'approval_pending',
  'approval_denied',
  'approval_expired',
  /** Too many calls wait already. */
  'approval_queue',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** How an approval can end. */
export type ApprovalOutcome = 'approved' | 'denied' | 'expired';

/** What is announced of an approval: who, what and how risky, never the arguments. */
export interface ApprovalNotice {
  id: string;
  owner: string;
  sessionId: string | undefined;
  door: string;
  tool: string;
  risk: ToolRisk;
}

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    /** A call was refused by the safety policy. */
    'tool.refused': {
      tool: string;
      reason: RefusalReason;
      owner: string;
      sessionId: string | undefined;
      door: string;
    };
    'approval.requested': ApprovalNotice;
    'approval.decided': ApprovalNotice & { outcome: 'approved' | 'denied'; decidedBy: string };
    'approval.expired': ApprovalNotice;
  }
}
