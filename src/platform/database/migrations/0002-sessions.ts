import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';
import type { DatabaseDialect } from '../database';

/** Conversations by owner (a principal's id) and their messages in the order they were said. */
export function sessions(dialect: DatabaseDialect): Migration {
  // AUTOINCREMENT never gives a number twice, as PostgreSQL's identity does not either.
  const sequence =
    dialect === 'sqlite'
      ? sql`integer primary key autoincrement`
      : sql`bigint generated always as identity primary key`;
  return {
    async up(db) {
      await db.schema
        .createTable('sessions')
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('sessions_pkey', ['owner', 'id'])
        .execute();
      await sql`create table session_messages (
        seq ${sequence},
        owner text not null,
        session_id text not null,
        turn_id text not null,
        role text not null,
        message text not null,
        created_at bigint not null
      )`.execute(db);
      await db.schema
        .createIndex('session_messages_in_order')
        .on('session_messages')
        .columns(['owner', 'session_id', 'seq'])
        .execute();
    },
  };
}
