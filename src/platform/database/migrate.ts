import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { MigratorProps } from 'kysely/migration';
import { Migrator } from 'kysely/migration';
import { AppError } from '../errors/app-error';
import type { DatabaseDialect } from './database';
import { migrations } from './migrations';

/** Brings the schema up to date under a lock, all steps or none; of several booting processes one does it and the others wait. */
export async function migrate(db: Kysely<unknown>, dialect: DatabaseDialect, place: string): Promise<void> {
  const steps = migrations(dialect);
  const provider = { getMigrations: () => Promise.resolve(steps) };
  const props: MigratorProps =
    dialect === 'sqlite'
      ? { db, provider }
      : // Kysely would otherwise take a table of the same name in any schema of the server for ours.
        { db, provider, migrationTableSchema: await currentSchema(db, place) };
  const newer = (await executedSteps(db, dialect)).find((name) => !(name in steps));
  if (newer !== undefined) throw newerSchema(newer, place);
  const { error } = await new Migrator(props).migrateToLatest();
  if (error) {
    throw new AppError(
      500,
      'database.migration_failed',
      `The tables in ${place} could not be brought up to date and are as they were (${messageOf(error)}): make a backup and report this.`,
      { cause: error },
    );
  }
}

async function currentSchema(db: Kysely<unknown>, place: string): Promise<string> {
  const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(db);
  const schema = rows[0]?.schema;
  if (schema) return schema;
  throw new AppError(
    500,
    'database.no_schema',
    `The search_path of ${place} names no schema that exists: create one or correct the path.`,
  );
}

function newerSchema(step: string, place: string): AppError {
  return new AppError(
    500,
    'database.newer_schema',
    `${place} was written by a newer version of the gateway (step ${step}) and was left untouched: start that version, or restore a backup.`,
  );
}

async function executedSteps(db: Kysely<unknown>, dialect: DatabaseDialect): Promise<string[]> {
  const probe =
    dialect === 'sqlite'
      ? sql<{ found: unknown }>`select name as found from sqlite_schema where name = 'kysely_migration'`
      : sql<{ found: unknown }>`select to_regclass('kysely_migration') as found`;
  const { rows } = await probe.execute(db);
  if (!rows[0]?.found) return [];
  const executed = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return executed.rows.map((row) => row.name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
