import type { Run } from '../agent/runs/run';
import { viewUsage } from '../agent/runs/run-frame.view';

/** A run as `/api/runs` shows it. */
export function viewRun(run: Run): object {
  return {
    id: run.id,
    status: run.status,
    door: run.door,
    owner: run.owner,
    session_id: run.sessionId ?? null,
    started_at: new Date(run.startedAt).toISOString(),
    finished_at: run.finishedAt === undefined ? null : new Date(run.finishedAt).toISOString(),
    model: run.model ?? null,
    usage: run.usage ? viewUsage(run.usage) : null,
    error: run.error
      ? { code: run.error.code, message: run.error.message, retry_after: run.error.retryAfter ?? null }
      : null,
    last_seq: run.lastSeq,
  };
}
