import { AppError } from '../platform/errors/app-error';
import type { Session, SessionPlace } from '../agent/sessions.service';

/** Where the page after this session begins, as an opaque text. */
export function cursorOf({ updatedAt, id }: Session): string {
  return Buffer.from(`${updatedAt}.${id}`).toString('base64url');
}

/** Throws 400 `session.invalid_cursor`. */
export function placeOf(cursor: string): SessionPlace {
  const [, updatedAt, id] = /^(\d{1,15})\.(.{1,256})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (updatedAt !== undefined && id !== undefined) return { updatedAt: Number(updatedAt), id };
  throw new AppError(
    400,
    'session.invalid_cursor',
    'The `cursor` must be the `next_cursor` of the page before, unchanged',
    { param: 'cursor' },
  );
}
