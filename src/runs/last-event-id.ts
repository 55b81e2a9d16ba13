import { AppError } from '../platform/errors/app-error';

/** The `seq` that a client has seen last, 0 when it comes for the first time. Throws 400 `run.invalid_event_id`. */
export function lastSeen(id: string | string[] | undefined): number {
  if (id === undefined || id === '') return 0;
  if (typeof id === 'string' && /^\d{1,15}$/.test(id)) return Number(id);
  throw new AppError(
    400,
    'run.invalid_event_id',
    'The last event id must be the `id` of an event of this run, which is a number',
    { param: 'last_event_id' },
  );
}
