import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { EventBus } from '../../../src/platform/events/event-bus';
import { listenTo } from '../../support/event-stream';
import type { EventStream, ListenOptions } from '../../support/event-stream';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { openSocket } from '../../support/raw-http';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const TOML = 'default_provider = "echo"\n';

let gateway: GatewayUnderTest;
let token: string;
let streams: EventStream[] = [];

async function start(toml = TOML, dir?: string): Promise<void> {
  gateway = await startGateway({ toml, ...(dir !== undefined && { dir }) });
  token = await gateway.pair();
}

afterEach(async () => {
  for (const stream of streams) stream.leave();
  streams = [];
  await gateway.stop();
});

async function listen(options: Omit<ListenOptions, 'token'> = {}): Promise<EventStream> {
  const stream = await listenTo(gateway.url, { token, ...options });
  streams.push(stream);
  return stream;
}

/** Announces numbered events; what follows is that every one of them arrives. */
function announce(from: number, to: number, filling = ''): void {
  const events = gateway.get(EventBus);
  for (let n = from; n <= to; n++) events.emit('model.request', { provider: filling, model: `m${n}` });
}
const numbersOf = (stream: EventStream) => stream.of('llm_request').map(({ model }) => Number(String(model).slice(1)));
const numberOf = (id: string) => Number(id.split('-')[1]);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a client of the feed that comes back', () => {
  it('goes on after the last event that it has, by header or by query, and begins at the present without one', async () => {
    await start();
    const first = await listen();
    announce(1, 5);
    await until(() => numbersOf(first).length === 5);
    const third = first.events[2]?.id ?? '';
    first.leave();
    announce(6, 9);

    const byHeader = await listen({ lastId: third, query: '?last_event_id=of-long-ago' });
    const byQuery = await listen({ query: `?last_event_id=${third}` });
    const fresh = await listen();
    announce(10, 10);

    await until(() => [byHeader, byQuery, fresh].every((stream) => numbersOf(stream).includes(10)));
    expect(numbersOf(byHeader)).toEqual(range(4, 10));
    expect(numbersOf(byQuery)).toEqual(range(4, 10));
    expect(numbersOf(fresh)).toEqual([10]);
    expect(byHeader.of('gap')).toEqual([]);
  });

  it('can come back also when it has not seen any event yet', async () => {
    await start();
    const first = await listen();
    await until(() => first.lastId !== '');
    first.leave();
    announce(1, 3);
    const second = await listen({ lastId: first.lastId });
    await until(() => numbersOf(second).length === 3);
    expect(second.of('gap')).toEqual([]);
  });

  it('misses nothing and sees nothing twice, wherever it was cut off while events flow', async () => {
    await start();
    const total = 3_000;
    const seen: number[] = [];
    let announced = 0;
    const flow = (async () => {
      while (announced < total) {
        const next = Math.min(total, announced + 1 + Math.floor(Math.random() * 8));
        announce(announced + 1, next);
        announced = next;
        await delay(1);
      }
    })();
    let lastId: string | undefined;
    let cuts = 0;
    while (seen.at(-1) !== total) {
      const stream = await listen({ lastId });
      const enough = Math.floor(Math.random() * 150);
      await until(() => stream.events.length > enough || numbersOf(stream).at(-1) === total);
      stream.leave();
      expect(stream.of('gap')).toEqual([]);
      // The very first stream begins at the present.
      if (lastId === undefined && stream.events.length === 0) continue;
      seen.push(...numbersOf(stream));
      ({ lastId } = stream);
      cuts++;
    }
    await flow;
    expect(seen).toEqual(range(seen[0] ?? 0, total));
    expect(cuts).toBeGreaterThan(5);
  });

  it('is told how many it missed when the buffer has no room for them any more, then gets what is kept', async () => {
    await start(`${TOML}[events]\nbuffer = 256\n`);
    const first = await listen();
    announce(1, 10);
    await until(() => numbersOf(first).length === 10);
    first.leave();
    announce(11, 410);
    const second = await listen({ lastId: first.lastId, query: '?types=llm_request,error' });
    await until(() => numbersOf(second).length === 256);

    expect(second.events[0]).toMatchObject({ type: 'gap', fields: { reason: 'evicted', missed: 144 } });
    expect(second.events[0]?.fields['timestamp']).toMatch(/Z$/);
    expect(numbersOf(second)).toEqual(range(155, 410));

    // The gap was told: its own id does not lead to another one.
    const third = await listen({ lastId: second.events[0]?.id });
    await until(() => numbersOf(third).length === 256);
    expect(third.of('gap')).toEqual([]);
  });

  it('hears of no gap that its filter would have hidden, as long as it was connected', async () => {
    await start(`${TOML}[events]\nbuffer = 256\n`);
    const first = await listen({ query: '?types=error' });
    await until(() => first.lastId !== '');
    const begin = numberOf(first.lastId);
    // No burst is larger than the buffer: that would be a gap whatever the filter.
    for (let n = 0; n < 600; n += 150) {
      announce(n + 1, n + 150);
      await until(() => numberOf(first.lastId) > begin + n);
    }
    expect(first.events).toEqual([]);
    first.leave();
    const second = await listen({ lastId: first.lastId, query: '?types=error' });
    gateway.get(EventBus).emit('model.response', {
      provider: 'p',
      model: 'm',
      outcome: 'server',
      streamed: false,
      durationMs: 1,
    });
    await second.wait('error');
    expect(second.of('gap')).toEqual([]);
  });

  it('is told of a restart, gets what the new process has to tell and goes on from there', async () => {
    const dir = await tempDir();
    await start(TOML, dir.path);
    const before = await listen();
    announce(1, 500);
    await until(() => numbersOf(before).length === 500);
    await gateway.stop();
    gateway = await startGateway({ dir: dir.path });
    announce(1001, 1003);

    for (const lastId of [before.lastId, 'nonsense', `${before.lastId}9`]) {
      const after = await listen({ lastId });
      await until(() => numbersOf(after).length === 3);
      expect(after.events[0]).toMatchObject({ type: 'gap', fields: { reason: 'other_process' } });
      expect(after.events[0]?.fields).not.toHaveProperty('missed');
      expect(numbersOf(after)).toEqual([1001, 1002, 1003]);
      const again = await listen({ lastId: after.lastId });
      announce(2000, 2000);
      await again.wait('llm_request');
      expect(again.of('gap')).toEqual([]);
      again.leave();
      after.leave();
      await gateway.stop();
      gateway = await startGateway({ dir: dir.path });
      announce(1001, 1003);
    }
    await dir.remove();
  });
});

describe('a client of the feed that does not read', () => {
  const silent = async (): Promise<Socket> => {
    const socket = await openSocket(gateway.url);
    socket.on('error', () => undefined);
    socket.write(`GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    socket.pause();
    return socket;
  };
  const subscribers = async () => {
    const text = await (await gateway.fetch('/metrics', { token })).text();
    return Number(/zeroclaw_event_subscribers (\d+)/.exec(text)?.[1] ?? 0);
  };
  const FILLING = 'x'.repeat(250);

  it('is cut, and holds up nobody else', async () => {
    await start(`${TOML}[events]\nstalled_secs = 1\nbuffer = 65536\n`);
    const socket = await silent();
    const other = await listen({ query: '?types=error' });
    await until(async () => (await subscribers()) === 2);
    let last = 0;
    // More than the sockets between them can hold.
    await until(async () => {
      if (last < 400_000) announce(last + 1, (last += 1_000), FILLING);
      return (await subscribers()) === 1;
    });
    expect(other.over).toBe(false);
    socket.destroy();
  });

  it('does not hold up a stop', async () => {
    await start(`${TOML}[events]\nstalled_secs = 600\nbuffer = 65536\n[lifecycle]\nshutdown_grace_secs = 20\n`);
    const socket = await silent();
    await until(async () => (await subscribers()) === 1);
    for (let round = 0; round < 40; round++) {
      announce(round * 1_000 + 1, (round + 1) * 1_000, FILLING);
      await delay(1);
    }
    const started = performance.now();
    await gateway.stop();
    expect(performance.now() - started).toBeLessThan(10_000);
    socket.destroy();
    await start();
  });

  it('is told of the gap when it reads again, then gets what is kept up to the present', async () => {
    await start(`${TOML}[events]\nbuffer = 256\n`);
    const slow = await listen();
    slow.response.socket.pause();
    let last = 0;
    // More than the sockets between them can hold, however far the system lets them grow.
    for (let round = 0; round < 1_200; round++) {
      announce(last + 1, (last += 200), FILLING);
      await delay(1);
    }
    slow.response.socket.resume();
    await until(() => numbersOf(slow).at(-1) === last);

    const gaps = slow.of('gap');
    expect(gaps.length).toBeGreaterThan(0);
    const missed = gaps.reduce((sum, gap) => sum + Number(gap['missed']), 0);
    // Each is either seen or counted as missed, none both.
    expect(numbersOf(slow).length + missed).toBe(last);
    expect(new Set(numbersOf(slow)).size).toBe(numbersOf(slow).length);
    expect(gaps.every(({ reason }) => reason === 'evicted')).toBe(true);
  });
});

test('200 clients get every one of 100 events a second, in order', async () => {
  await start();
  const clients = await Promise.all(Array.from({ length: 200 }, () => listen()));
  const total = 300;
  for (let n = 1; n <= total; n++) {
    announce(n, n);
    await delay(10);
  }
  await until(() => clients.every((client) => client.events.length >= total), 60_000);
  for (const client of clients) expect(numbersOf(client)).toEqual(range(1, total));
}, 90_000);

test('a client that leaves while nothing happens is forgotten at once', async () => {
  await start();
  const stream = await listen();
  stream.leave();
  await until(async () => {
    const text = await (await gateway.fetch('/metrics', { token })).text();
    return text.includes('zeroclaw_event_subscribers 0');
  });
});
