import type { ToolRisk } from '../tool';
import type { ApprovalStatus } from './approval';

export interface ApprovalsTable {
  id: string;
  owner: string;
  session_id: string | null;
  door: string;
  tool: string;
  /** The same for the same call of the same owner in the same session. */
  call_hash: string;
  arguments: string;
  risk: ToolRisk;
  reason: string;
  status: ApprovalStatus;
  /** The gateway process in which a turn waits; null when nothing waits and the caller has to ask again. */
  holder: string | null;
  /** Until when that process is known to be alive. */
  lease_until: number | null;
  created_at: number;
  expires_at: number;
  decided_by: string | null;
  decided_at: number | null;
  note: string | null;
  /** When the call that was allowed has run; an approval is good for one. */
  used_at: number | null;
}

export interface ApprovalTables {
  approvals: ApprovalsTable;
}
