import type { Schedule } from './schedule/schedule';

/** What becomes of due times that passed while no gateway ran: nothing, or one run for all of them. */
export const MISSED = ['skip', 'run_once'] as const;
export type Missed = (typeof MISSED)[number];

/** What happens at a due time while the job still runs: it is left out, comes right after, or runs beside. */
export const OVERLAPS = ['skip', 'queue', 'allow'] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Where the output of a good run goes: into a session of the owner, or to a conversation of a channel. */
export type Destination = { session: string } | { channel: string; conversation: string };

/** What a job does: says something to the agent, or runs a command line. */
export type Task =
  | {
      kind: 'prompt';
      prompt: string;
      /** Undefined: a session of its own, `cron_<job id>`. */
      sessionId: string | undefined;
    }
  | {
      kind: 'shell';
      command: string;
      /** The admin who wrote the command into the API, which is a person's word on it; undefined when the agent did. */
      allowedBy: string | undefined;
    };

/** What somebody wants to happen, checked. */
export interface JobPlan {
  name: string | undefined;
  schedule: Schedule;
  task: Task;
  deliverTo: Destination | undefined;
  missed: Missed;
  overlap: Overlap;
  enabled: boolean;
}

/** A plan in the books. Times are milliseconds since the epoch. */
export interface Job extends JobPlan {
  id: string;
  /** Whose it is, and in whose name it acts: a principal's id or a channel's sender. */
  owner: string;
  createdAt: number;
  /** Undefined while it is disabled or when no due time is left. */
  nextDue: number | undefined;
  /** The latest due time that was taken up; none is taken up twice. */
  lastDue: number | undefined;
  lastRun: number | undefined;
  lastStatus: RunStatus | undefined;
  /** Grows with each change of its schedule. */
  revision: number;
}

/**
 * `skipped`: not started, `error` says why. `interrupted`: its process died or was stopped before it was over; it is not started again,
 * because nobody knows how far it came.
 */
export const RUN_STATUSES = ['running', 'ok', 'error', 'skipped', 'interrupted'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** A call of a tool that waits for a person's decision at `POST /api/approvals/:id`. */
export interface AwaitedApproval {
  id: string;
  tool: string;
  expires_at: string;
}

/** One run of a job. */
export interface JobRun {
  id: string;
  jobId: string;
  /** Undefined when somebody started it by hand. */
  dueAt: number | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  status: RunStatus;
  output: string | undefined;
  error: string | undefined;
  /** The agent's run, for `/api/runs/:id`. */
  runId: string | undefined;
  approvals: readonly AwaitedApproval[];
}

/** How a run ended. */
export interface RunResult {
  status: 'ok' | 'error' | 'interrupted';
  output?: string;
  error?: string;
  approvals?: readonly AwaitedApproval[];
}
