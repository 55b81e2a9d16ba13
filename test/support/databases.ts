import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DatabaseDialect } from '../../src/platform/database/database';
import type { DatabaseOptions } from '../../src/platform/database/kysely-database';
import { KyselyDatabase } from '../../src/platform/database/kysely-database';

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

export interface TestDatabase {
  readonly dialect: DatabaseDialect;
  /** Where it is, for another process that shall open the same one. */
  options: () => DatabaseOptions;
}

type Open = () => Promise<KyselyDatabase>;
type Hooks = readonly [before: typeof beforeAll, after: typeof afterAll];
const EACH: Hooks = [beforeEach, afterEach];
const ONCE: Hooks = [beforeAll, afterAll];

type Suite = (open: Open, database: TestDatabase) => void;

/**
 * Runs a suite on a SQLite file and on a schema of its own in a real PostgreSQL, fresh for every test. Each call of `open` is a new
 * connection to the test's database; all are closed after the test. Without a server the PostgreSQL half is left out and
 * one visible line says so; with CI=true it fails instead.
 */
export function describeEachDatabase(name: string, suite: Suite): void {
  describeOn('sqlite', name, newFolder, suite);
  describePostgres(name, suite);
}

/** As describeEachDatabase, with one database for all tests of the suite, which follow upon each other. */
export function describeStoryOnEachDatabase(name: string, suite: Suite): void {
  describeOn('sqlite', name, newFolder, suite, ONCE);
  describePostgres(name, suite, ONCE);
}

/** The PostgreSQL half alone, for what only a server can do. */
export function describePostgres(name: string, suite: Suite, hooks = EACH): void {
  if (process.env['CI'] === 'true' || serverAnswers()) {
    describeOn('postgres', name, newSchema, suite, hooks);
  } else {
    process.stderr.write(`PostgreSQL: none answers at ${new URL(SERVER).host}, left out: ${name} on postgres\n`);
  }
}

interface Place {
  options: DatabaseOptions;
  drop: () => Promise<void>;
}

function describeOn(
  dialect: DatabaseDialect,
  name: string,
  newPlace: () => Promise<Place>,
  suite: Suite,
  [before, after] = EACH,
): void {
  describe(`${name} on ${dialect}`, () => {
    const opened: KyselyDatabase[] = [];
    let place: Place;

    before(async () => {
      place = await newPlace();
    });
    after(async () => {
      await Promise.all(opened.splice(0).map((database) => database.close()));
      await place.drop();
    });

    const open = async () => {
      const database = await KyselyDatabase.open(place.options);
      opened.push(database);
      return database;
    };
    suite(open, { dialect, options: () => place.options });
  });
}

async function newFolder(): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'zeroclaw-db-'));
  return { options: { dataDir }, drop: async () => rmSync(dataDir, { recursive: true, force: true }) };
}

async function newSchema(): Promise<Place> {
  const schema = `zeroclaw_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create schema ${schema}`);
  const url = new URL(SERVER);
  url.searchParams.set('options', `-c search_path=${schema}`);
  return {
    options: { dataDir: '', url: url.href },
    drop: () => onServer(`drop schema if exists ${schema} cascade`),
  };
}

/** Runs one statement on the test server, outside of any schema of a test. */
export async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: SERVER, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** Asked in another process, because a suite has to know before its first test is declared. */
function serverAnswers(): boolean {
  const { hostname, port } = new URL(SERVER);
  const probe = `require('net').connect(${Number(port || 5432)}, ${JSON.stringify(hostname)})
    .on('connect', () => process.exit(0)).on('error', () => process.exit(1)).setTimeout(2000, () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', probe], { stdio: 'ignore' }).status === 0;
}
