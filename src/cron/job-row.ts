import type { Selectable } from 'kysely';
import type { CronJobsTable, CronRunsTable } from './cron.tables';
import type { AwaitedApproval, Destination, Job, JobRun, Missed, Overlap, Task } from './job';
import type { Schedule } from './schedule/schedule';

/** The columns that say when. They change together. */
export function scheduleColumns(schedule: Schedule) {
  const none = { expression: null, timezone: null, at_time: null, every_ms: null, anchor: null };
  switch (schedule.kind) {
    case 'cron':
      return { ...none, expression: schedule.expression, timezone: schedule.timezone };
    case 'at':
      return { ...none, at_time: schedule.at };
    case 'every':
      return { ...none, every_ms: schedule.everyMs, anchor: schedule.anchor };
  }
}

/** The columns that say what. */
export function taskColumns(task: Task) {
  return task.kind === 'prompt'
    ? { prompt: task.prompt, session_id: task.sessionId ?? null, command: null, command_allowed_by: null }
    : { prompt: null, session_id: null, command: task.command, command_allowed_by: task.allowedBy ?? null };
}

export function jobRow(job: Job): CronJobsTable {
  return {
    id: job.id,
    owner: job.owner,
    name: job.name ?? null,
    ...scheduleColumns(job.schedule),
    ...taskColumns(job.task),
    deliver_to: job.deliverTo === undefined ? null : JSON.stringify(job.deliverTo),
    missed: job.missed,
    overlap: job.overlap,
    enabled: Number(job.enabled),
    revision: job.revision,
    next_due: job.nextDue ?? null,
    last_due: job.lastDue ?? null,
    last_run: job.lastRun ?? null,
    last_status: job.lastStatus ?? null,
    created_at: job.createdAt,
  };
}

export function jobOf(row: Selectable<CronJobsTable>): Job {
  return {
    id: row.id,
    owner: row.owner,
    name: row.name ?? undefined,
    schedule: scheduleOf(row),
    task: taskOf(row),
    deliverTo: row.deliver_to === null ? undefined : (JSON.parse(row.deliver_to) as Destination),
    missed: row.missed as Missed,
    overlap: row.overlap as Overlap,
    enabled: row.enabled === 1,
    createdAt: row.created_at,
    nextDue: row.next_due ?? undefined,
    lastDue: row.last_due ?? undefined,
    lastRun: row.last_run ?? undefined,
    lastStatus: row.last_status ?? undefined,
    revision: row.revision,
  };
}

export function runOf(row: Selectable<CronRunsTable>): JobRun {
  return {
    id: row.id,
    jobId: row.job_id,
    dueAt: row.due_at ?? undefined,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    status: row.status,
    output: row.output ?? undefined,
    error: row.error ?? undefined,
    runId: row.run_id ?? undefined,
    approvals: row.approvals === null ? [] : (JSON.parse(row.approvals) as AwaitedApproval[]),
  };
}

function scheduleOf(row: Selectable<CronJobsTable>): Schedule {
  if (row.at_time !== null) return { kind: 'at', at: row.at_time };
  if (row.every_ms !== null) return { kind: 'every', everyMs: row.every_ms, anchor: row.anchor ?? row.created_at };
  return { kind: 'cron', expression: row.expression ?? '', timezone: row.timezone ?? 'UTC' };
}

function taskOf(row: Selectable<CronJobsTable>): Task {
  return row.command === null
    ? { kind: 'prompt', prompt: row.prompt ?? '', sessionId: row.session_id ?? undefined }
    : { kind: 'shell', command: row.command, allowedBy: row.command_allowed_by ?? undefined };
}
