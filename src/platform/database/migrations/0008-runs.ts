import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';

/** One row per turn from any door. What was said is not in it, except in turns that wait to be taken up again after a crash. */
export function runs(): Migration {
  return {
    async up(db) {
      await sql`create table runs (
        id text primary key,
        door text not null,
        owner text not null,
        session_id text,
        status text not null,
        started_at bigint not null,
        finished_at bigint,
        model text,
        input_tokens bigint,
        output_tokens bigint,
        cached_input_tokens bigint,
        reasoning_tokens bigint,
        error_code text,
        error_message text,
        last_seq bigint not null,
        instance text,
        lease_until bigint,
        request text,
        tries bigint not null
      )`.execute(db);
      await sql`create index runs_by_owner on runs (owner, started_at)`.execute(db);
      await sql`create index runs_by_time on runs (started_at)`.execute(db);
      await sql`create index runs_running on runs (lease_until) where status = 'running'`.execute(db);
    },
  };
}
