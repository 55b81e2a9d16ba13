import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';

/** Tool calls that a person has to allow, and the acting calls of the last hour. */
export function toolSafety(): Migration {
  return {
    async up(db) {
      await sql`create table approvals (
        id text primary key,
        owner text not null,
        session_id text,
        door text not null,
        tool text not null,
        call_hash text not null,
        arguments text not null,
        risk text not null,
        reason text not null,
        status text not null,
        holder text,
        lease_until bigint,
        created_at bigint not null,
        expires_at bigint not null,
        decided_by text,
        decided_at bigint,
        note text,
        used_at bigint
      )`.execute(db);
      await sql`create index approvals_by_call on approvals (call_hash, created_at)`.execute(db);
      await sql`create index approvals_by_status on approvals (status, created_at)`.execute(db);
      await sql`create table tool_actions (id text primary key, acted_at bigint not null)`.execute(db);
      await sql`create index tool_actions_by_time on tool_actions (acted_at)`.execute(db);
    },
  };
}
