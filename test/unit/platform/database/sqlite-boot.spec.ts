import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KyselyDatabase } from '../../../../src/platform/database/kysely-database';
import { openSqliteFile } from '../../../../src/platform/database/sqlite-file';
import { tempDir } from '../../../support/temp-dir';

interface Tables {
  sessions: { owner: string; id: string; created_at: number; updated_at: number };
}

describe('the embedded database at boot', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    dir = await tempDir();
    folder = join(dir.path, 'deep', 'data');
    file = join(folder, 'zeroclaw.db');
  });
  afterEach(() => dir.remove());

  /** A database with something in it, closed. */
  async function filled(): Promise<void> {
    const database = await KyselyDatabase.open({ dataDir: folder });
    const rows = Array.from({ length: 500 }, (_, id) => ({
      owner: 'alice',
      id: `s${id}`,
      created_at: 1,
      updated_at: 1,
    }));
    await database.tables<Tables>().insertInto('sessions').values(rows).execute();
    await database.close();
  }

  /** The refusal of a boot, which must leave the file as it was. */
  async function refusal(): Promise<{ code?: string; message?: string }> {
    const before = readFileSync(file);
    const error: unknown = await KyselyDatabase.open({ dataDir: folder }).then(
      (database) => database.close(),
      (reason: unknown) => reason,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    return error as { code?: string; message?: string };
  }

  it('makes folder and file for their owner only', async () => {
    await filled();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('runs in WAL mode with foreign keys and a time to wait for locks', () => {
    const database = openSqliteFile(folder);
    const pragma = (name: string) => Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0];
    expect([pragma('journal_mode'), pragma('foreign_keys'), pragma('busy_timeout'), pragma('synchronous')]).toEqual([
      'wal',
      1,
      5000,
      1,
    ]);
    database.close();
  });

  it('refuses a damaged file', async () => {
    await filled();
    const bytes = readFileSync(file);
    bytes.fill(0xab, 4096, bytes.length - 4096);
    writeFileSync(file, bytes);
    expect(await refusal()).toMatchObject({
      code: 'database.corrupt',
      message: expect.stringMatching(/zeroclaw\.db is damaged .*left untouched: restore it from a backup/),
    });
  });

  it('refuses a file that is cut off', async () => {
    await filled();
    writeFileSync(file, readFileSync(file).subarray(0, 6000));
    expect(await refusal()).toMatchObject({ code: 'database.corrupt' });
  });

  it('refuses a file that is something else', async () => {
    openSqliteFile(folder).close();
    writeFileSync(file, 'my diary\n'.repeat(500));
    expect(await refusal()).toMatchObject({
      code: 'database.not_a_database',
      message: expect.stringContaining(`${file} is not a SQLite database and was left untouched: move it away`),
    });
  });

  it("refuses another program's database", async () => {
    openSqliteFile(folder).close();
    writeFileSync(file, '');
    const theirs = new DatabaseSync(file);
    theirs.exec('create table bookmarks (url text)');
    theirs.close();
    expect(await refusal()).toMatchObject({ code: 'database.foreign' });
  });

  it('refuses the file of a newer gateway', async () => {
    await filled();
    const newer = new DatabaseSync(file);
    newer.exec(`insert into kysely_migration values ('9999-from-the-future', '2030-01-01T00:00:00.000Z')`);
    newer.close();
    expect(await refusal()).toMatchObject({
      code: 'database.newer_schema',
      message: expect.stringMatching(new RegExp(`^${file} was written by a newer version .*9999-from-the-future`)),
    });
  });

  it('names the file that another process keeps locked', async () => {
    await filled();
    const other = new DatabaseSync(file);
    other.exec('pragma locking_mode = exclusive; begin exclusive');
    expect(() => openSqliteFile(folder, 50)).toThrow(
      expect.objectContaining({
        code: 'database.locked',
        message: expect.stringContaining(`${file} is locked by another process`),
      }),
    );
    other.close();
  });

  it('refuses what it may not write', async () => {
    await filled();
    await asOrdinaryUser(async () => {
      chmodSync(file, 0o400);
      expect(await refusal()).toMatchObject({
        code: 'database.not_writable',
        message: expect.stringContaining('write access'),
      });
    });
  });

  it('refuses a folder that cannot be', async () => {
    writeFileSync(join(dir.path, 'deep'), 'a file');
    await expect(KyselyDatabase.open({ dataDir: folder })).rejects.toMatchObject({ code: 'database.unusable' });
  });

  it('takes over what a killed process left in the log', async () => {
    const killed = openSqliteFile(folder);
    killed.exec('create table proof (n integer); insert into proof values (42)');
    const left = { main: readFileSync(file), log: readFileSync(`${file}-wal`) };
    killed.close();
    writeFileSync(file, left.main);
    writeFileSync(`${file}-wal`, left.log);
    const database = openSqliteFile(folder);
    expect({ ...database.prepare('select n from proof').get() }).toEqual({ n: 42 });
    database.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  /** Root may write everything, so the check runs as nobody when the tests run as root. */
  async function asOrdinaryUser(check: () => Promise<void>): Promise<void> {
    if (process.geteuid?.() !== 0) return check();
    for (const path of [dir.path, join(dir.path, 'deep'), folder]) chmodSync(path, 0o777);
    chmodSync(file, 0o444);
    const { chownSync } = await import('node:fs');
    chownSync(file, 65_534, 65_534);
    process.seteuid?.(65_534);
    try {
      await check();
    } finally {
      process.seteuid?.(0);
    }
  }
});
