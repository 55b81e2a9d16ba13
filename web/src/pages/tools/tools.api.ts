import { request } from '../../api/request';

export type Risk = 'low' | 'medium' | 'high';

export interface Tool {
  name: string;
  description: string;
  parameters: unknown;
  risk: Risk;
  enabled: boolean;
  /** `builtin`, or `mcp:<server>`. */
  source: string;
  /** Why it is off. */
  reason?: string;
}

export interface Approval {
  id: string;
  status: 'pending' | 'approved' | 'denied' | 'expired';
  tool: string;
  arguments: unknown;
  risk: Risk;
  /** Why a person is asked. */
  reason: string;
  session_id: string | null;
  door: string;
  created_at: string;
  expires_at: string;
  decided_at: string | null;
  note: string | null;
}

export const RISK_COLOURS: Record<Risk, string> = { low: 'teal', medium: 'yellow', high: 'red' };

export async function listTools(): Promise<Tool[]> {
  return (await request<{ tools: Tool[] }>('/api/tools')).tools;
}

export async function listApprovals(): Promise<Approval[]> {
  return (await request<{ approvals: Approval[] }>('/api/approvals?limit=100')).approvals;
}

export function decide(id: string, decision: 'approve' | 'deny', note: string): Promise<Approval> {
  return request(`/api/approvals/${encodeURIComponent(id)}`, { json: { decision, note: note.trim() || null } });
}
