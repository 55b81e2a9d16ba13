import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';
import type { DatabaseDialect } from '../database';

/** What config.toml said over time, without secrets. */
export function configRevisions(dialect: DatabaseDialect): Migration {
  const sequence =
    dialect === 'sqlite'
      ? sql`integer primary key autoincrement`
      : sql`bigint generated always as identity primary key`;
  return {
    async up(db) {
      await sql`create table config_revisions (
        seq ${sequence},
        at bigint not null,
        source text not null,
        made_by text,
        note text,
        changed text not null,
        content text not null
      )`.execute(db);
    },
  };
}
