import type { Generated } from 'kysely';

/** What is audited; also the values of the `type` filter. */
export const AUDIT_TYPES = [
  'pairing.paired',
  'pairing.failed',
  'pairing.code_issued',
  'pairing.codes_withdrawn',
  'pairing.device_revoked',
  'turn',
  'tool',
  'tool.refused',
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'budget',
  'cron.job',
  'cron.run',
  'channel.retry',
  'channel.delete',
  'config.changed',
] as const;
export type AuditType = (typeof AUDIT_TYPES)[number];

/** One thing that happened. */
export interface AuditEntry {
  /** Milliseconds since the epoch. */
  at: number;
  type: AuditType;
  /** Who: the id of a token or the sender of a channel; null where nobody is known, such as an edited file. */
  owner: string | null;
  /** On what: a device, a client's address, a session, a tool, an approval, keys of the configuration. */
  target: string | null;
  /** A word of a closed set: `ok`, `error`, `denied`, … */
  outcome: string;
  door: string | null;
  request_id: string | null;
  /** A few words of ours beside the outcome: a reason, a model. Never what a person or a model wrote. */
  detail: string | null;
}

export interface AuditTables {
  audit_log: AuditEntry & {
    /** Ascends in the order of writing. */
    seq: Generated<number>;
  };
}
