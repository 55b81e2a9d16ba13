import type { DatabaseIntrospector, Kysely, TableMetadata } from 'kysely';
import { PostgresDialect, PostgresIntrospector, sql } from 'kysely';

/**
 * PostgreSQL, looking at our own schema only. Kysely's migrator reads the catalogue of every schema of the server, columns and all,
 * and fails when somebody else's is dropped meanwhile; it only wants to know whether its tables are there.
 */
export class OwnSchemaPostgresDialect extends PostgresDialect {
  override createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new OwnSchemaIntrospector(db);
  }
}

class OwnSchemaIntrospector extends PostgresIntrospector {
  constructor(private readonly connection: Kysely<unknown>) {
    super(connection);
  }

  override async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ schema: string; name: string }>`
      select schemaname as schema, tablename as name from pg_catalog.pg_tables where schemaname = current_schema()
    `.execute(this.connection);
    return rows.map(({ schema, name }) => ({ schema, name, isView: false, isForeign: false, columns: [] }));
  }
}
