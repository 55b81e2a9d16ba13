import { AppError } from '../../platform/errors/app-error';
import type { RunStatus } from './run';

/** Nginx's word for an answer that nobody wants any more; clients do not try it again, as they do a 409 or a 5xx. */
const NOT_WANTED = 499;

/** For foreign runs too: whether there is one is nobody's business. */
export function unknown(): AppError {
  return new AppError(404, 'run.unknown', 'There is no such run');
}

export function finished(status: RunStatus): AppError {
  return new AppError(409, 'run.finished', `The run is ${status} already; there is nothing to cancel`);
}

export function elsewhere(): AppError {
  return new AppError(
    409,
    'run.elsewhere',
    'This run lives in another replica of the gateway; send the request again until that one answers, or wait for its end',
    { retryAfter: 1 },
  );
}

export function framesGone(): AppError {
  return new AppError(
    410,
    'run.frames_gone',
    'Not all of these events are kept any more; GET /api/runs/:id says how the run stands, and its session has the answer',
  );
}

/** What a turn ends with that somebody has cancelled. */
export function cancelled(): AppError {
  return new AppError(NOT_WANTED, 'turn.cancelled', 'The turn was cancelled');
}

export function draining(): AppError {
  return new AppError(
    503,
    'gateway.draining',
    'The gateway is stopping; send the request again, another replica or the restarted gateway will take it',
    { retryAfter: 1 },
  );
}

export function tooMany(most: number): AppError {
  return new AppError(
    503,
    'run.too_many',
    `${most} turns are on their way already ([runs] max_detached); send it again when some have ended`,
    { retryAfter: 5 },
  );
}
