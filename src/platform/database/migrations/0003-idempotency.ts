import type { Migration } from 'kysely/migration';
import { sql } from 'kysely';
import type { DatabaseDialect } from '../database';

/** One row per idempotency key: claimed while its request runs, then holding the answer. */
export function idempotency(dialect: DatabaseDialect): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('idempotency_keys')
        .addColumn('scope', 'text', (column) => column.primaryKey())
        .addColumn('request_hash', 'text', (column) => column.notNull())
        .addColumn('claim', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('status', 'integer')
        .addColumn('headers', 'text')
        .addColumn('body', dialect === 'sqlite' ? 'blob' : 'bytea')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute();
      // Finds the answers to forget, oldest first, without looking at the others; the answers themselves stay out of the index.
      await sql`create index idempotency_keys_oldest on idempotency_keys (state, expires_at)`.execute(db);
    },
  };
}
