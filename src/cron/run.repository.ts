import { Injectable } from '@nestjs/common';
import type { Insertable, Selectable, Transaction } from 'kysely';
import { Database } from '../platform/database/database';
import type { CronRunsTable, CronTables } from './cron.tables';
import type { Job, JobRun, RunResult } from './job';
import { runOf } from './job-row';

/** Who takes a run up, when, and until when that process is known to live. */
export interface Claim {
  runId: string;
  now: number;
  holder: string;
  leaseUntil: number;
}

/** The runs of jobs in the database, and the one place where a due time is taken up. */
@Injectable()
export class RunRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes up the due time of `job` and moves the job on to `following`, or disables it when nothing follows: both or neither. Of several
   * processes one succeeds. Undefined when another one was first, when the job has changed since it was read, or when it shall
   * follow its own run and that still lasts. With `skip`, or when it runs already and may not twice, the run is recorded as skipped.
   */
  async claim(job: Job, following: number | undefined, claim: Claim, skip?: string): Promise<JobRun | undefined> {
    const due = job.nextDue;
    if (due === undefined) return undefined;
    return this.tables.transaction().execute(async (trx) => {
      const runs = job.overlap === 'allow' ? false : await isRunning(trx, job.id, claim.now);
      if (runs && job.overlap === 'queue') return undefined;
      const moved = await trx
        .updateTable('cron_jobs')
        .set({ next_due: following ?? null, last_due: due, ...(following === undefined && { enabled: 0 }) })
        .where('id', '=', job.id)
        .where('revision', '=', job.revision)
        .where('next_due', '=', due)
        .where('enabled', '=', 1)
        .returning('id')
        .executeTakeFirst();
      if (!moved) return undefined;
      const why = skip ?? (runs ? 'the run before it was not over yet' : undefined);
      return insert(trx, why === undefined ? running(job.id, due, claim) : skipped(job.id, due, claim, why));
    });
  }

  /** A run beside the schedule. Undefined when the job runs already and may not twice. */
  async begin({ id, overlap }: Job, claim: Claim): Promise<JobRun | undefined> {
    return this.tables.transaction().execute(async (trx) => {
      await lock(trx, id);
      if (overlap !== 'allow' && (await isRunning(trx, id, claim.now))) return undefined;
      return insert(trx, running(id, null, claim));
    });
  }

  /** The agent's run, as soon as it is known. */
  async setAgentRun(id: string, runId: string): Promise<void> {
    await this.tables.updateTable('cron_runs').set({ run_id: runId }).where('id', '=', id).execute();
  }

  /** How it ended, also for one whose process seemed dead. Undefined when it was deleted or has ended already. */
  async finish({ id, jobId }: JobRun, holder: string, result: RunResult, now: number): Promise<JobRun | undefined> {
    return this.tables.transaction().execute(async (trx) => {
      await lock(trx, jobId);
      const row = await trx
        .updateTable('cron_runs')
        .set({
          status: result.status,
          finished_at: now,
          output: result.output ?? null,
          error: result.error ?? null,
          approvals: result.approvals?.length ? JSON.stringify(result.approvals) : null,
          holder: null,
          lease_until: null,
        })
        .where('id', '=', id)
        .where('holder', '=', holder)
        .returningAll()
        .executeTakeFirst();
      return row && ended(trx, row);
    });
  }

  async renew(holder: string, leaseUntil: number): Promise<void> {
    await this.tables
      .updateTable('cron_runs')
      .set({ lease_until: leaseUntil })
      .where('holder', '=', holder)
      .where('status', '=', 'running')
      .execute();
  }

  /** Runs whose process is dead; each is given to one caller only. */
  async interrupt(now: number): Promise<JobRun[]> {
    const dead = await this.tables
      .selectFrom('cron_runs')
      .select(['id', 'job_id'])
      .where('lease_until', '<=', now)
      .where('status', '=', 'running')
      .execute();
    const interrupted: JobRun[] = [];
    for (const { id, job_id: jobId } of dead) {
      const run = await this.tables.transaction().execute((trx) => interruptOne(trx, id, jobId, now));
      if (run) interrupted.push(run);
    }
    return interrupted;
  }

  /** The newest first. */
  async history(jobId: string, limit: number): Promise<JobRun[]> {
    const rows = await this.tables
      .selectFrom('cron_runs')
      .selectAll()
      .where('job_id', '=', jobId)
      .orderBy('noted_at', 'desc')
      .orderBy('due_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(runOf);
  }

  /** Keeps the newest `count` runs of a job; running ones stay. */
  async trim(jobId: string, count: number): Promise<void> {
    await this.tables
      .deleteFrom('cron_runs')
      .where('job_id', '=', jobId)
      .where('status', '!=', 'running')
      .where('id', 'not in', (query) =>
        query
          .selectFrom('cron_runs')
          .select('id')
          .where('job_id', '=', jobId)
          .orderBy('noted_at', 'desc')
          .orderBy('due_at', 'desc')
          .limit(count),
      )
      .execute();
  }

  private get tables() {
    return this.database.tables<CronTables>();
  }
}

async function isRunning(trx: Transaction<CronTables>, jobId: string, now: number): Promise<boolean> {
  const row = await trx
    .selectFrom('cron_runs')
    .select('id')
    .where('job_id', '=', jobId)
    .where('status', '=', 'running')
    .where('lease_until', '>', now)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The job first, everywhere: two that lock in different orders would wait for each other. */
async function lock(trx: Transaction<CronTables>, jobId: string): Promise<void> {
  await trx
    .updateTable('cron_jobs')
    .set(({ ref }) => ({ revision: ref('revision') }))
    .where('id', '=', jobId)
    .execute();
}

async function ended(trx: Transaction<CronTables>, row: Selectable<CronRunsTable>): Promise<JobRun> {
  await trx.updateTable('cron_jobs').set({ last_status: row.status }).where('id', '=', row.job_id).execute();
  return runOf(row);
}

async function insert(trx: Transaction<CronTables>, row: Insertable<CronRunsTable>): Promise<JobRun | undefined> {
  const inserted = await trx
    .insertInto('cron_runs')
    .values(row)
    .onConflict((conflict) => conflict.columns(['job_id', 'due_at']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!inserted) return undefined;
  const at = inserted.started_at;
  const last = { last_status: inserted.status, ...(at !== null && { last_run: at }) };
  await trx.updateTable('cron_jobs').set(last).where('id', '=', inserted.job_id).execute();
  return runOf(inserted);
}

async function interruptOne(trx: Transaction<CronTables>, id: string, jobId: string, now: number) {
  await lock(trx, jobId);
  const row = await trx
    .updateTable('cron_runs')
    // The holder stays: should it live after all, it may still say how the run really ended.
    .set({ status: 'interrupted', finished_at: now, error: 'the gateway ended during the run', lease_until: null })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .where('lease_until', '<=', now)
    .returningAll()
    .executeTakeFirst();
  return row && ended(trx, row);
}

function running(jobId: string, dueAt: number | null, { runId, now, holder, leaseUntil }: Claim) {
  return {
    ...blank,
    id: runId,
    job_id: jobId,
    due_at: dueAt,
    noted_at: now,
    started_at: now,
    holder,
    lease_until: leaseUntil,
  };
}

function skipped(jobId: string, dueAt: number, { runId, now }: Claim, error: string) {
  return { ...blank, id: runId, job_id: jobId, due_at: dueAt, noted_at: now, status: 'skipped' as const, error };
}

const blank: Omit<CronRunsTable, 'id' | 'job_id' | 'due_at' | 'noted_at'> = {
  status: 'running',
  started_at: null,
  finished_at: null,
  output: null,
  error: null,
  run_id: null,
  approvals: null,
  holder: null,
  lease_until: null,
};
