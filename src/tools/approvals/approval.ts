import type { ApprovalOutcome } from '../tool.events';
import type { ToolRisk } from '../tool';

export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'expired'] as const;
export type ApprovalStatus = 'pending' | ApprovalOutcome;

/** One tool call that waits, or has waited, for a person. Times are milliseconds since the epoch. */
export interface Approval {
  id: string;
  owner: string;
  sessionId: string | undefined;
  door: string;
  tool: string;
  /** The arguments as JSON, without secrets; long texts are cut. */
  arguments: string;
  risk: ToolRisk;
  /** Why a person is asked. */
  reason: string;
  status: ApprovalStatus;
  createdAt: number;
  /** While pending, when the waiting ends; once decided, how long the decision holds. */
  expiresAt: number;
  /** The token id of the person. */
  decidedBy: string | undefined;
  decidedAt: number | undefined;
  note: string | undefined;
}
