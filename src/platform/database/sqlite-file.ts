import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../errors/app-error';
import { BUSY_TIMEOUT_MS, SQLITE, isBusy, sqliteResult } from './sqlite-result';

/** Marks the file as ours (`file` and `PRAGMA application_id` show it): ASCII "ZCGW". */
const APPLICATION_ID = 0x5a_43_47_57;

/**
 * Opens `<folder>/zeroclaw.db`, creating both for their owner only, and checks that it is whole, ours and writable before anything is changed.
 * Throws an AppError `database.*` whose sentence names the file and the way out; the file is then as it was.
 */
export function openSqliteFile(folder: string, busyTimeoutMs = BUSY_TIMEOUT_MS): DatabaseSync {
  const file = join(folder, 'zeroclaw.db');
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Created here because SQLite would take the umask's mode; its -wal and -shm files then inherit this one.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    check(database, file);
    configure(database, busyTimeoutMs);
    return database;
  } catch (error) {
    database?.close();
    throw sentence(error, file);
  }
}

function check(database: DatabaseSync, file: string): void {
  const isEmpty = value(database, 'select count(*) from sqlite_schema') === 0;
  if (!isEmpty && applicationId(database) !== APPLICATION_ID) {
    throw new AppError(
      500,
      'database.foreign',
      `${file} is a database of another program and was left untouched: set [storage] data_dir to a folder of the gateway's own.`,
    );
  }
  const report = value(database, 'pragma quick_check(1)');
  if (report !== 'ok') throw corrupt(file, String(report));
}

function configure(database: DatabaseSync, busyTimeoutMs: number): void {
  retryWhileBusy(busyTimeoutMs, () => {
    // Write-ahead log: readers of other processes (the CLI) do not block the gateway, nor the other way round.
    database.exec('pragma journal_mode = wal');
  });
  // NORMAL leaves out the sync per commit. In WAL mode a commit is in the kernel's hands when it returns, so kill -9 loses nothing;
  // only a power cut can take the last commits with it, and even that leaves the file whole.
  database.exec('pragma synchronous = normal');
  // Taking the write lock proves that the file can be written.
  database.exec('begin immediate');
  if (applicationId(database) !== APPLICATION_ID) database.exec(`pragma application_id = ${APPLICATION_ID}`);
  database.exec('commit');
}

/** SQLite does not wait for the lock that switching to WAL needs, and two first boots may meet there. */
function retryWhileBusy(timeoutMs: number, attempt: () => void): void {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function applicationId(database: DatabaseSync): unknown {
  return value(database, 'pragma application_id');
}

function value(database: DatabaseSync, query: string): unknown {
  return Object.values(database.prepare(query).get() ?? {})[0];
}

function corrupt(file: string, report: string): AppError {
  const detail = report.replaceAll(/\s+/g, ' ').trim();
  return new AppError(
    500,
    'database.corrupt',
    `${file} is damaged (${detail}). It was left untouched: restore it from a backup, or move it away to start with an empty one.`,
  );
}

function sentence(error: unknown, file: string): unknown {
  const detail = error instanceof Error ? error.message : String(error);
  const failure = (code: string, text: string) => new AppError(500, code, text, { cause: error });
  switch (sqliteResult(error) ?? (error as NodeJS.ErrnoException).code) {
    case SQLITE.NOTADB:
      return failure(
        'database.not_a_database',
        `${file} is not a SQLite database and was left untouched: move it away, or set [storage] data_dir to another folder.`,
      );
    case SQLITE.CORRUPT:
      return corrupt(file, detail);
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
      return failure(
        'database.locked',
        `${file} is locked by another process: end it (\`fuser ${file}\` shows it), then start the gateway again.`,
      );
    case SQLITE.READONLY:
    case SQLITE.CANTOPEN:
    case SQLITE.PERM:
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(
        'database.not_writable',
        `${file} cannot be written (${detail}): give the gateway's user write access to the file and its folder, or set [storage] data_dir.`,
      );
    case SQLITE.FULL:
    case 'ENOSPC':
      return failure('database.disk_full', `${file} cannot grow, the disk is full: free some space and start again.`);
    case SQLITE.IOERR:
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
      return failure(
        'database.unusable',
        `${file} cannot be used (${detail}): set [storage] data_dir to a folder on a local disk.`,
      );
    default:
      return error;
  }
}
