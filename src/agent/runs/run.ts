import { randomUUID } from 'node:crypto';
import type { Usage } from '../../providers/provider';
import type { Door, DoneEvent, TurnProgress } from '../turn';

/** `interrupted`: the process it ran in died or stopped before it was finished. */
export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'interrupted';

export const RUN_STATUSES: readonly RunStatus[] = ['running', 'completed', 'failed', 'cancelled', 'interrupted'];

/** Why a run ended without an answer, as a client may know it. */
export interface RunError {
  code: string;
  message: string;
  /** Seconds after which the same may succeed. */
  retryAfter?: number;
}

/** What happens in a run: first what was said to the agent, then the events of the turn; `done` or `error` is the last one. */
export type RunEvent =
  { type: 'user_message'; content: string } | TurnProgress | DoneEvent | ({ type: 'error' } & RunError);

/** One event of a run in its place. */
export interface RunFrame {
  runId: string;
  /** 1, 2, 3 … within the run, without a hole. */
  seq: number;
  /** Milliseconds since the epoch. */
  at: number;
  event: RunEvent;
}

/** One turn from any door, as it stands. */
export interface Run {
  id: string;
  door: Door;
  /** Who may see it, beside admins. */
  owner: string;
  sessionId: string | undefined;
  status: RunStatus;
  /** Milliseconds since the epoch. */
  startedAt: number;
  finishedAt: number | undefined;
  /** `provider/model` that answered last; undefined while none has. */
  model: string | undefined;
  /** Of all its model calls, when it is finished. */
  usage: Usage | undefined;
  /** Set when it ended without an answer. */
  error?: RunError;
  /** `seq` of its newest frame. */
  lastSeq: number;
}

export function newRunId(): string {
  return `run_${randomUUID()}`;
}
