import type { ServerResponse } from 'node:http';

/** Aborted when the client leaves before its answer is complete. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  else response.on('close', () => response.writableFinished || controller.abort());
  return controller.signal;
}
