import type { Job, JobRun } from './job';

/** A job as the API and the tools show it. Times are RFC 3339. */
export function viewJob(job: Job) {
  const { schedule, task } = job;
  return {
    id: job.id,
    name: job.name ?? null,
    kind: task.kind,
    command: task.kind === 'shell' ? task.command : null,
    prompt: task.kind === 'prompt' ? task.prompt : null,
    schedule: schedule.kind === 'cron' ? schedule.expression : null,
    timezone: schedule.kind === 'cron' ? schedule.timezone : null,
    at: schedule.kind === 'at' ? time(schedule.at) : null,
    every_ms: schedule.kind === 'every' ? schedule.everyMs : null,
    next_run: time(job.nextDue),
    last_run: time(job.lastRun),
    last_status: job.lastStatus ?? null,
    enabled: job.enabled,
    session_id: task.kind === 'prompt' ? (task.sessionId ?? `cron_${job.id}`) : null,
    deliver_to: job.deliverTo ?? null,
    missed: job.missed,
    overlap: job.overlap,
    owner: job.owner,
    created_at: time(job.createdAt),
  };
}

/** A run as the API and the tools show it. `due_at` is null for a run that somebody started by hand. */
export function viewRun(run: JobRun) {
  return {
    id: run.id,
    due_at: time(run.dueAt),
    started_at: time(run.startedAt),
    finished_at: time(run.finishedAt),
    status: run.status,
    output: run.output ?? null,
    error: run.error ?? null,
    run_id: run.runId ?? null,
    approvals: run.approvals,
  };
}

function time(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
