import type { Kysely } from 'kysely';

/**
 * The gateway's one database: SQLite in the data folder when embedded, PostgreSQL in team mode.
 * Rooms describe their own tables and see only those: `database.tables<SessionTables>()`.
 */
export abstract class Database {
  abstract readonly dialect: 'sqlite' | 'postgres';

  /** A query builder over the room's own table interfaces. Times are integer milliseconds since the epoch in both dialects. */
  abstract tables<T>(): Kysely<T>;
}
