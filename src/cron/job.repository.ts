import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database';
import type { CronJobsTable, CronTables } from './cron.tables';
import type { Job } from './job';
import { jobOf, jobRow } from './job-row';

export interface JobLimits {
  total: number;
  perOwner: number;
}

/** Columns that a change of a job may write. */
export type JobChanges = Partial<Omit<CronJobsTable, 'id' | 'revision' | 'created_at'>>;

/** The jobs in the database. */
@Injectable()
export class JobRepository {
  constructor(private readonly database: Database) {}

  /** False when there are too many already. */
  async add(job: Job, { total, perOwner }: JobLimits): Promise<boolean> {
    return this.tables.transaction().execute(async (trx) => {
      const { all, own } = await trx
        .selectFrom('cron_jobs')
        .select(({ fn }) => [fn.countAll().as('all'), fn.countAll().filterWhere('owner', '=', job.owner).as('own')])
        .executeTakeFirstOrThrow();
      if (Number(all) >= total || Number(own) >= perOwner) return false;
      await trx.insertInto('cron_jobs').values(jobRow(job)).execute();
      return true;
    });
  }

  async find(id: string): Promise<Job | undefined> {
    const row = await this.tables.selectFrom('cron_jobs').selectAll().where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  /** Of one owner when given. The next due one first, those without a due time last. */
  async list(owner: string | undefined): Promise<Job[]> {
    let query = this.tables.selectFrom('cron_jobs').selectAll();
    if (owner !== undefined) query = query.where('owner', '=', owner);
    const rows = await query
      .orderBy((row) => row.case().when('next_due', 'is', null).then(1).else(0).end())
      .orderBy('next_due')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(jobOf);
  }

  /** Undefined when it is gone, or when its schedule is another one than that of `revision` by now. */
  async change(id: string, revision: number, changes: JobChanges): Promise<Job | undefined> {
    const row = await this.tables
      .updateTable('cron_jobs')
      .set({ ...changes, revision: revision + 1 })
      .where('id', '=', id)
      .where('revision', '=', revision)
      .returningAll()
      .executeTakeFirst();
    return row && jobOf(row);
  }

  /** False when it was not there. */
  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.tables.deleteFrom('cron_jobs').where('id', '=', id).executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }

  /** What is due and may be taken up, the longest due first. A job that shall follow its own run is not, while that lasts. */
  async due(now: number, limit: number): Promise<Job[]> {
    const rows = await this.tables
      .selectFrom('cron_jobs')
      .selectAll()
      .where('enabled', '=', 1)
      .where('next_due', '<=', now)
      .where((is) =>
        is.or([
          is('overlap', '!=', 'queue'),
          is.not(
            is.exists(
              is
                .selectFrom('cron_runs')
                .select('cron_runs.id')
                .whereRef('cron_runs.job_id', '=', 'cron_jobs.id')
                .where('cron_runs.status', '=', 'running'),
            ),
          ),
        ]),
      )
      .orderBy('next_due')
      .limit(limit)
      .execute();
    return rows.map(jobOf);
  }

  /** The first due time after `now`; undefined when there is none. */
  async nextAfter(now: number): Promise<number | undefined> {
    const row = await this.tables
      .selectFrom('cron_jobs')
      .select('next_due')
      .where('enabled', '=', 1)
      .where('next_due', '>', now)
      .orderBy('next_due')
      .limit(1)
      .executeTakeFirst();
    return row?.next_due ?? undefined;
  }

  /** One-shots that ran before `before`, with their runs. */
  async forgetSpent(before: number): Promise<void> {
    await this.tables
      .deleteFrom('cron_jobs')
      .where('at_time', 'is not', null)
      .where('enabled', '=', 0)
      .where('last_run', '<', before)
      .execute();
  }

  private get tables() {
    return this.database.tables<CronTables>();
  }
}
