/** How long to wait for a lock that another process holds, milliseconds. */
export const BUSY_TIMEOUT_MS = 5_000;

/** Primary result codes, https://www.sqlite.org/rescode.html */
export const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const;

/** The primary result code of an error that SQLite reported, undefined for any other error. */
export function sqliteResult(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** Another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
  return sqliteResult(error) === SQLITE.BUSY;
}
