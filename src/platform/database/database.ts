import type { Kysely } from 'kysely';

export type DatabaseDialect = 'sqlite' | 'postgres';

/**
 * The gateway's one database: SQLite in the data folder when embedded, PostgreSQL in team mode.
 * Rooms describe their own tables and see only those: `database.tables<SessionTables>()`.
 */
export abstract class Database {
  abstract readonly dialect: DatabaseDialect;

  /**
   * A query builder over the room's own table interfaces. Times are integer milliseconds since the epoch in both dialects, bytes are `Uint8Array`.
   * Inside `.transaction().execute((trx) => …)` use `trx` only: the embedded dialect has one connection, so any other query waits for the end of it.
   */
  abstract tables<T>(): Kysely<T>;
}
