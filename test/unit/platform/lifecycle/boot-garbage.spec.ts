import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { GatewayRequest } from '../../../../src/platform/http/principal';
import { RequestTracker } from '../../../../src/platform/http/request-tracker';
import { releaseBootGarbage } from '../../../../src/platform/lifecycle/boot-garbage';

let requests: RequestTracker;
let collected: number[];
let started: number;

beforeEach(() => {
  jest.useFakeTimers();
  requests = new RequestTracker();
  collected = [];
  started = performance.now();
  void releaseBootGarbage(requests, () => void collected.push(performance.now() - started));
});
afterEach(() => jest.useRealTimers());

/** A request that takes this long. */
async function request(milliseconds: number): Promise<void> {
  const response = new EventEmitter();
  requests.track({} as GatewayRequest, response as ServerResponse);
  await jest.advanceTimersByTimeAsync(milliseconds);
  response.emit('close');
}

it('is collected once, soon after a start that nobody has noticed', async () => {
  await jest.advanceTimersByTimeAsync(10_000);
  expect(collected).toEqual([1_000]);
});

it('waits until nobody has come for a moment', async () => {
  for (let elapsed = 0; elapsed < 3_000; elapsed += 100) {
    await request(1);
    await jest.advanceTimersByTimeAsync(99);
  }
  expect(collected).toEqual([]);
  await request(5_000);
  await jest.advanceTimersByTimeAsync(190);
  expect(collected).toEqual([]);
  await jest.advanceTimersByTimeAsync(500);
  expect(collected).toHaveLength(1);
});

it('is left alone where there is no quiet moment in the first minute', async () => {
  for (let elapsed = 0; elapsed < 61_000; elapsed += 100) await request(100);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(collected).toEqual([]);
});
