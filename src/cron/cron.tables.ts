import type { RunStatus } from './job';

/** Times are milliseconds since the epoch. */
export interface CronJobsTable {
  id: string;
  owner: string;
  name: string | null;
  /** Exactly one of `expression`, `at_time` and `every_ms` is there. */
  expression: string | null;
  timezone: string | null;
  at_time: number | null;
  every_ms: number | null;
  anchor: number | null;
  /** Exactly one of `prompt` and `command`. */
  prompt: string | null;
  session_id: string | null;
  command: string | null;
  command_allowed_by: string | null;
  /** JSON of a Destination. */
  deliver_to: string | null;
  missed: string;
  overlap: string;
  /** 0 or 1. */
  enabled: number;
  revision: number;
  next_due: number | null;
  last_due: number | null;
  last_run: number | null;
  last_status: RunStatus | null;
  created_at: number;
}

export interface CronRunsTable {
  id: string;
  job_id: string;
  due_at: number | null;
  status: RunStatus;
  noted_at: number;
  started_at: number | null;
  finished_at: number | null;
  output: string | null;
  error: string | null;
  run_id: string | null;
  /** JSON of AwaitedApprovals. */
  approvals: string | null;
  /** The process that runs it, and until when that is known to live. */
  holder: string | null;
  lease_until: number | null;
}

export interface CronTables {
  cron_jobs: CronJobsTable;
  cron_runs: CronRunsTable;
}
