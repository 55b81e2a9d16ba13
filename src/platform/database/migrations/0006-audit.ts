import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';
import type { DatabaseDialect } from '../database';

/** Who did what and when. Rows are only ever added, and removed when they are old. */
export function audit(dialect: DatabaseDialect): Migration {
  const sequence =
    dialect === 'sqlite'
      ? sql`integer primary key autoincrement`
      : sql`bigint generated always as identity primary key`;
  return {
    async up(db) {
      await sql`create table audit_log (
        seq ${sequence},
        at bigint not null,
        type text not null,
        owner text,
        target text,
        outcome text not null,
        door text,
        request_id text,
        detail text
      )`.execute(db);
      await sql`create index audit_log_by_owner on audit_log (owner, seq)`.execute(db);
      await sql`create index audit_log_by_type on audit_log (type, seq)`.execute(db);
      await sql`create index audit_log_by_time on audit_log (at)`.execute(db);
    },
  };
}
