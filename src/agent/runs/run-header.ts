import type { ServerResponse } from 'node:http';
import type { TurnRequest } from '../turn';
import type { RunningTurn } from './recorded-run';
import { newRunId } from './run';

/** Gives the turn of a request the id of its run and tells the client in `X-Run-Id`. */
export function announceRun(turn: TurnRequest, response: ServerResponse): RunningTurn {
  const runId = turn.runId ?? newRunId();
  response.setHeader('X-Run-Id', runId);
  return { ...turn, runId };
}
