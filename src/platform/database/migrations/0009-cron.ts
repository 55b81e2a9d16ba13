import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';

/** Jobs that start by themselves, and their runs. The unique due time of a job is what lets one process, once, take it up. */
export function cron(): Migration {
  return {
    async up(db) {
      await sql`create table cron_jobs (
        id text primary key,
        owner text not null,
        name text,
        expression text,
        timezone text,
        at_time bigint,
        every_ms bigint,
        anchor bigint,
        prompt text,
        session_id text,
        command text,
        command_allowed_by text,
        deliver_to text,
        missed text not null,
        overlap text not null,
        enabled integer not null,
        revision integer not null,
        next_due bigint,
        last_due bigint,
        last_run bigint,
        last_status text,
        created_at bigint not null
      )`.execute(db);
      await sql`create index cron_jobs_by_due on cron_jobs (next_due)`.execute(db);
      await sql`create index cron_jobs_by_owner on cron_jobs (owner)`.execute(db);
      await sql`create table cron_runs (
        id text primary key,
        job_id text not null references cron_jobs (id) on delete cascade,
        due_at bigint,
        status text not null,
        noted_at bigint not null,
        started_at bigint,
        finished_at bigint,
        output text,
        error text,
        run_id text,
        approvals text,
        holder text,
        lease_until bigint,
        unique (job_id, due_at)
      )`.execute(db);
      await sql`create index cron_runs_by_job on cron_runs (job_id, noted_at)`.execute(db);
      await sql`create index cron_runs_by_lease on cron_runs (lease_until)`.execute(db);
    },
  };
}
