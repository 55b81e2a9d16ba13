import { AppError } from '../platform/errors/app-error';
import type { MemoryRow, Place } from './memory.repository';

/** Where the page after this entry begins, as an opaque text. */
export function cursorOf({ updated_at, seq }: MemoryRow): string {
  return Buffer.from(`${updated_at}.${seq}`).toString('base64url');
}

/** Throws 400 `memory.invalid_cursor`. */
export function placeOf(cursor: string): Place {
  const [, updatedAt, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (updatedAt !== undefined && seq !== undefined) return { updatedAt: Number(updatedAt), seq: Number(seq) };
  throw new AppError(
    400,
    'memory.invalid_cursor',
    'The `cursor` must be the `next_cursor` of the page before, unchanged',
    { param: 'cursor' },
  );
}
