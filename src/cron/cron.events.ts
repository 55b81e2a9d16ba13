import type { RunStatus, Task } from './job';

export type TaskKind = Task['kind'];

/** A run of a job, when it begins (`running`) and when it has ended. */
export interface RunNotice {
  /** The run of the job. */
  id: string;
  jobId: string;
  name: string | undefined;
  owner: string;
  kind: TaskKind;
  status: RunStatus;
  trigger: 'schedule' | 'hand';
  /** Milliseconds since the epoch; undefined for a run that was started by hand. */
  dueAt: number | undefined;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** The agent's run. */
  runId: string | undefined;
}

/** What happened to a job. `disabled`: by the gateway itself. */
export type JobChange = 'added' | 'changed' | 'removed' | 'disabled';

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    'cron.run': RunNotice;
    /** `by`: a principal's id or a channel's sender; undefined for the gateway itself. */
    'cron.job': { id: string; owner: string; kind: TaskKind; change: JobChange; by: string | undefined };
  }
}
