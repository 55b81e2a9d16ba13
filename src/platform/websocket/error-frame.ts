import type { AppError } from '../errors/app-error';

/**
 * `{"type": "error", "code", "message"}`, plus `field` and `retry_after` (seconds) where they help.
 * @param runId the run that could not be shown, where it is about one
 */
export function errorFrame({ code, message, options: { param, retryAfter } }: AppError, runId?: string): string {
  return JSON.stringify({
    type: 'error',
    code,
    message,
    ...(runId !== undefined && { run_id: runId }),
    ...(param !== undefined && { field: param }),
    ...(retryAfter !== undefined && { retry_after: retryAfter }),
  });
}
