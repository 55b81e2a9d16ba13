import type { ServerResponse } from 'node:http';

/** The reason of the signal when the client has hung up: nobody is left to tell. */
export class ClientLeftError extends Error {
  constructor() {
    super('the client closed the connection');
    this.name = 'ClientLeftError';
  }
}

/** Aborted as soon as the client hangs up before its answer is complete. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ClientLeftError());
  });
  return controller.signal;
}
