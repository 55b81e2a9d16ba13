import { AppError } from '../../platform/errors/app-error';

/** Failures behind a 5xx that no waiting mends: somebody has to change the key, or pay. */
const FOR_GOOD = new Set(['provider.auth', 'provider.quota', 'run.cancelled', 'turn.cancelled']);
const COME_AGAIN = new Set([408, 409, 425, 429]);

/** Whether the same turn may go well later. What the agent refuses because of the message itself never does. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof AppError)) return true;
  if (FOR_GOOD.has(error.code)) return false;
  return error.status >= 500 || COME_AGAIN.has(error.status);
}

/** For the operator: the code that others know it by, and the sentence. */
export function describeFailure(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : 'the turn failed';
}
