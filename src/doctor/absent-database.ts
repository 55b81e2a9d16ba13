import type { Kysely } from 'kysely';
import { Database } from '../platform/database/database';
import type { DatabaseDialect } from '../platform/database/database';

/** Stands where the database could not be opened: whoever asks it is told why. */
export class AbsentDatabase extends Database {
  constructor(
    readonly dialect: DatabaseDialect,
    private readonly reason: unknown,
  ) {
    super();
  }

  tables<T>(): Kysely<T> {
    throw this.reason;
  }
}
