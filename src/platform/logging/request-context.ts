import { AsyncLocalStorage } from 'node:async_hooks';

const requestIds = new AsyncLocalStorage<string>();

/** Everything that `work` starts logs under this request id. */
export function runWithRequestId(id: string, work: () => void): void {
  requestIds.run(id, work);
}

/** The id of the request being served, if any. */
export function currentRequestId(): string | undefined {
  return requestIds.getStore();
}
