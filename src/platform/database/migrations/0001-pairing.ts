import type { Migration } from 'kysely/migration';

/** One-time pairing codes, and what is known of each token beside its hash. */
export function pairing(): Migration {
  return {
    async up(db) {
      await db.schema
        .createTable('pairing_codes')
        .addColumn('code_hash', 'text', (column) => column.primaryKey())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('name', 'text')
        .addColumn('scopes', 'text', (column) => column.notNull())
        .addColumn('token_days', 'integer')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint')
        .execute();
      await db.schema
        .createTable('devices')
        .addColumn('token_hash', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text')
        .addColumn('scopes', 'text', (column) => column.notNull())
        .addColumn('paired_by', 'text')
        .addColumn('created_at', 'bigint')
        .addColumn('last_seen_at', 'bigint')
        .addColumn('expires_at', 'bigint')
        .addColumn('revoked_at', 'bigint')
        .execute();
    },
  };
}
