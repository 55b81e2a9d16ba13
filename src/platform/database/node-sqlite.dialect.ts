import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver } from 'kysely';
import type { DatabaseConnection, SqliteDatabase, SqliteDialectConfig, SqliteStatement } from 'kysely';
import { BUSY_TIMEOUT_MS, isBusy } from './sqlite-result';

/** Distinct statements of all rooms together stay far below; dynamic SQL pushes out the least recently used one. */
const CACHED_STATEMENTS = 256;

/** Kysely over Node's built-in SQLite. Kysely hands out the single connection to one user at a time, a transaction keeps it to its end. */
export class NodeSqliteDialect extends SqliteDialect {
  private readonly config: SqliteDialectConfig;

  constructor(database: DatabaseSync) {
    const config = { database: new CachingDatabase(database) };
    super(config);
    this.config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalDdlAdapter();
  }
}

/**
 * Takes the write lock at once: a transaction that reads first and writes later would fail at the write when another process wrote between.
 * Waits for the lock without holding up the event loop, since another process may keep it for as long as its own transaction takes.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const deadline = performance.now() + BUSY_TIMEOUT_MS;
    await connection.executeQuery(CompiledQuery.raw('pragma busy_timeout = 0'));
    try {
      while (!(await tookWriteLock(connection, performance.now() > deadline))) await sleep(5 + Math.random() * 20);
    } finally {
      await connection.executeQuery(CompiledQuery.raw(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`));
    }
  }
}

async function tookWriteLock(connection: DatabaseConnection, isLastAttempt: boolean): Promise<boolean> {
  try {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    return true;
  } catch (error) {
    if (isLastAttempt || !isBusy(error)) throw error;
    return false;
  }
}

/** SQLite can roll back DDL, so all migrations run in one transaction: its write lock is what a second booting process waits for. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class CachingDatabase implements SqliteDatabase {
  private readonly statements = new Map<string, NodeSqliteStatement>();

  constructor(private readonly database: DatabaseSync) {}

  prepare(sql: string): SqliteStatement {
    const cached = this.statements.get(sql);
    if (cached) this.statements.delete(sql);
    const statement = cached ?? new NodeSqliteStatement(this.database.prepare(sql));
    this.statements.set(sql, statement);
    if (this.statements.size > CACHED_STATEMENTS) this.dropOldest();
    return statement;
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private dropOldest(): void {
    for (const sql of this.statements.keys()) {
      this.statements.delete(sql);
      return;
    }
  }
}

class NodeSqliteStatement implements SqliteStatement {
  readonly reader: boolean;

  constructor(private readonly statement: StatementSync) {
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.statement.all(...(parameters as SQLInputValue[]));
  }

  run(parameters: readonly unknown[]) {
    return this.statement.run(...(parameters as SQLInputValue[]));
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.statement.iterate(...(parameters as SQLInputValue[]));
  }
}
