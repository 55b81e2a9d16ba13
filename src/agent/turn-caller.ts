import type { Caller } from '../providers/model-budget';
import type { RunningTurn } from './runs/recorded-run';

/** For whom the model calls of a turn are made. */
export function callerOf({ owner, door, sessionId, runId }: RunningTurn): Caller {
  return { owner, door, runId, ...(sessionId !== undefined && { sessionId }) };
}
