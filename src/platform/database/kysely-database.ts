import { join } from 'node:path';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Kysely } from 'kysely';
import type { Dialect } from 'kysely';
import type { DatabaseDialect } from './database';
import { Database } from './database';
import { migrate } from './migrate';
import { NodeSqliteDialect } from './node-sqlite.dialect';
import { OwnSchemaPostgresDialect } from './own-schema.dialect';
import { openPostgresPool } from './postgres-pool';
import { openSqliteFile } from './sqlite-file';

export interface DatabaseOptions {
  /** Folder of the SQLite file; made when missing. */
  dataDir: string;
  /** `postgres://…` selects PostgreSQL; empty or missing keeps to the file. */
  url?: string;
}

/** The one open database. Opening checks and migrates it, so whoever holds one can use every table at once. */
export class KyselyDatabase extends Database implements OnApplicationShutdown {
  private constructor(
    readonly dialect: DatabaseDialect,
    private readonly kysely: Kysely<unknown>,
  ) {
    super();
  }

  /** Rejects with an AppError `database.*` that says what is wrong where, and what to do. */
  static open(options: DatabaseOptions): Promise<KyselyDatabase> {
    return options.url ? KyselyDatabase.openPostgres(options.url) : KyselyDatabase.openSqlite(options.dataDir);
  }

  private static async openSqlite(dataDir: string): Promise<KyselyDatabase> {
    const dialect = new NodeSqliteDialect(openSqliteFile(dataDir));
    return KyselyDatabase.migrated('sqlite', dialect, join(dataDir, 'zeroclaw.db'));
  }

  private static async openPostgres(url: string): Promise<KyselyDatabase> {
    const dialect = new OwnSchemaPostgresDialect({ pool: await openPostgresPool(url) });
    return KyselyDatabase.migrated('postgres', dialect, 'the PostgreSQL database');
  }

  private static async migrated(name: DatabaseDialect, dialect: Dialect, place: string): Promise<KyselyDatabase> {
    const kysely = new Kysely<unknown>({ dialect });
    try {
      await migrate(kysely, name, place);
      return new KyselyDatabase(name, kysely);
    } catch (error) {
      await kysely.destroy();
      throw error;
    }
  }

  tables<T>(): Kysely<T> {
    return this.kysely as unknown as Kysely<T>;
  }

  /** Lets running queries end, then lets go of the file or the server. */
  async close(): Promise<void> {
    await this.kysely.destroy();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
