import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { GatewayRequest } from '../../../../src/platform/http/principal';
import { RequestTracker } from '../../../../src/platform/http/request-tracker';
import { until } from '../../../support/until';

describe('the requests being served', () => {
  const tracker = new RequestTracker();
  const open: ServerResponse[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      tracker.track(request as GatewayRequest, response);
      open.push(response);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => server.close().closeAllConnections());

  const ask = async (count: number) => {
    const before = open.length;
    const answers = Array.from({ length: count }, () =>
      fetch(url).then(
        (answer) => answer.status,
        () => 'cut',
      ),
    );
    await until(() => open.length === before + count);
    return { answers, asked: open.slice(before) };
  };

  it('are counted in whatever order they end, and what waits for the last one is told', async () => {
    const { answers, asked } = await ask(5);
    let isIdle = false;
    const idle = tracker.idle().then(() => (isIdle = true));

    for (const [left, index] of [
      [4, 1],
      [3, 4],
      [2, 0],
      [1, 3],
    ] as const) {
      asked[index]?.end();
      await until(() => tracker.inFlight === left);
      expect(isIdle).toBe(false);
    }
    asked[2]?.end();
    await idle;
    expect(tracker.inFlight).toBe(0);
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200, 200]);
  });

  it('are all cut, and only those that are still open', async () => {
    const { answers, asked } = await ask(4);
    asked[1]?.end();
    await until(() => tracker.inFlight === 3);
    tracker.cutAll();
    expect((await Promise.all(answers)).sort()).toEqual([200, 'cut', 'cut', 'cut']);
    await tracker.idle();
  });
});

describe('what a request leaves behind', () => {
  const REQUESTS = 20_000;
  const UNDER_WAY = 32;
  /** Numbers that one request holds: 4 KB. */
  const WEIGHT = 500;

  it('is nothing that only a major collection would find', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
    const tracker = new RequestTracker();
    const open: EventEmitter[] = [];
    const serve = (count: number) => {
      for (let i = 0; i < count; i++) {
        const response = Object.assign(new EventEmitter(), { held: Array.from({ length: WEIGHT }, () => i) });
        tracker.track({} as GatewayRequest, response as unknown as ServerResponse);
        if (open.push(response) > UNDER_WAY) open.shift()?.emit('close');
        if (i % 50 === 0) collect({ type: 'minor' });
      }
    };
    serve(REQUESTS / 10);
    // Whatever holds the open ones is old by now, and so will be what takes its place when it is outgrown.
    for (let i = 0; i < 3; i++) collect({ type: 'minor' });
    const before = getHeapStatistics().used_heap_size;

    serve(REQUESTS);

    // 80 MB have come and gone.
    expect(getHeapStatistics().used_heap_size - before).toBeLessThan(4_000_000);
    expect(tracker.inFlight).toBe(UNDER_WAY);
  });
});
