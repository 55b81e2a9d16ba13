import type { Caller } from '../providers/model-budget';
import type { TurnRequest } from './turn';

/** For whom the model calls of a turn are made. */
export function callerOf({ owner, door, sessionId }: TurnRequest): Caller {
  return { owner, door, ...(sessionId !== undefined && { sessionId }) };
}
