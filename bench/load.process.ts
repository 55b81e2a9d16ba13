/** The load generator, a process of its own. Every job opens fresh connections, runs, and gives its figures back. */
import { constants, setPriority } from 'node:os';
import { answer, readyWithoutPort } from './child.ts';
import { RawClient } from './raw-client.ts';
import type { Answer } from './raw-client.ts';

export interface LoadRequest {
  port: number;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** How a complete answer ends; anything else counts as an error. */
  endsWith: string;
}

export type LoadMode =
  /** Every connection asks again as soon as it is answered: how much fits through. `{connection}` in the body becomes its number. */
  | { kind: 'closed'; connections: number; seconds: number }
  /** Requests leave by the clock, whether or not earlier ones are answered; a late start counts as latency (no coordinated omission). */
  | { kind: 'open'; connections: number; seconds: number; rate: number }
  /** A number of requests as fast as they go, within `seconds` at the most; with `vary` each has its own value of one header. */
  | { kind: 'count'; connections: number; seconds: number; total: number; vary?: { header: string; prefix: string } };

export interface LoadJob {
  request: LoadRequest;
  mode: LoadMode;
}

export interface LoadResult {
  requests: number;
  errors: number;
  firstError: string | null;
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  max: number;
  firstByteP50: number;
  /** Seconds of CPU that the generator itself used per second. */
  cpu: number;
}

function encode(request: LoadRequest, extra: Record<string, string> = {}): Buffer {
  const headers = Object.entries({
    host: `127.0.0.1:${request.port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(request.body)),
    ...request.headers,
    ...extra,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${request.path} HTTP/1.1\r\n${headers.join('')}\r\n${request.body}`);
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The samples of one job. */
class Tally {
  private readonly latencies: number[] = [];
  private readonly firstBytes: number[] = [];
  private errors = 0;
  private firstError: string | null = null;
  private readonly startedAt = performance.now();
  private readonly cpuAtStart = process.cpuUsage();
  private readonly endsWith: string;

  constructor(endsWith: string) {
    this.endsWith = endsWith;
  }

  answered(since: number, reply: Answer): void {
    if (reply.status !== 200) return this.failed(`status ${reply.status}: …${reply.tail}`);
    if (!reply.tail.includes(this.endsWith)) return this.failed(`incomplete answer: …${reply.tail}`);
    this.latencies.push(reply.doneAt - since);
    this.firstBytes.push(reply.firstByteAt - since);
  }

  failed(reason: string): void {
    this.errors += 1;
    this.firstError ??= reason;
  }

  result(): LoadResult {
    const seconds = (performance.now() - this.startedAt) / 1000;
    const cpu = process.cpuUsage(this.cpuAtStart);
    const latencies = Float64Array.from(this.latencies).sort();
    return {
      requests: latencies.length,
      errors: this.errors,
      firstError: this.firstError,
      perSecond: latencies.length / seconds,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      max: percentile(latencies, 1),
      firstByteP50: percentile(Float64Array.from(this.firstBytes).sort(), 0.5),
      cpu: (cpu.user + cpu.system) / 1e6 / seconds,
    };
  }
}

async function open(port: number, connections: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: connections }, () => RawClient.open(port)));
}

/** Keeps every connection busy until `next` has nothing more to send. */
async function saturate(
  clients: RawClient[],
  port: number,
  next: (connection: number) => Buffer | undefined,
  tally: Tally,
): Promise<void> {
  const drive = async (first: RawClient, connection: number): Promise<void> => {
    let client = first;
    for (let bytes = next(connection); bytes; bytes = next(connection)) {
      if (!client.alive) client = await RawClient.open(port);
      const since = performance.now();
      const request = bytes;
      await new Promise<void>((resolve) => {
        client.send(
          request,
          (reply) => (tally.answered(since, reply), resolve()),
          (reason) => (tally.failed(reason), resolve()),
        );
      });
    }
    client.close();
  };
  await Promise.all(clients.map(drive));
}

/** Sends on a fixed timetable. A request that finds no free connection waits, and its waiting counts. */
async function keepPace(
  clients: RawClient[],
  request: Buffer,
  mode: { rate: number; seconds: number },
  tally: Tally,
): Promise<void> {
  const total = Math.round(mode.rate * mode.seconds);
  const startAt = performance.now() + 5;
  const free = [...clients];
  let sent = 0;
  let done = 0;
  await new Promise<void>((resolve) => {
    const settle = (client: RawClient): void => {
      done += 1;
      if (client.alive) free.push(client);
      if (done === total) resolve();
      else dispatch();
    };
    const dispatch = (): void => {
      while (sent < total && free.length > 0) {
        const dueAt = startAt + (sent * 1000) / mode.rate;
        if (performance.now() < dueAt) return;
        const client = free.pop();
        if (!client) return;
        sent += 1;
        client.send(
          request,
          (reply) => (tally.answered(dueAt, reply), settle(client)),
          (reason) => (tally.failed(reason), settle(client)),
        );
      }
    };
    // Timers are too coarse (1 ms) for a timetable of 1 000 a second, so the loop is kept turning instead.
    const turn = (): void => {
      dispatch();
      if (sent === total) return;
      if (free.length === 0 && clients.every((client) => !client.alive)) {
        tally.failed('every connection was closed');
        return resolve();
      }
      setImmediate(turn);
    };
    turn();
  });
}

async function run({ request, mode }: LoadJob): Promise<LoadResult> {
  const clients = await open(request.port, mode.connections);
  const tally = new Tally(request.endsWith);
  if (mode.kind === 'open') {
    await keepPace(clients, encode(request), mode, tally);
  } else if (mode.kind === 'closed') {
    const bytes = clients.map((_, connection) =>
      encode({ ...request, body: request.body.replace('{connection}', String(connection)) }),
    );
    const until = performance.now() + mode.seconds * 1000;
    const next = (connection: number): Buffer | undefined =>
      performance.now() < until ? bytes[connection] : undefined;
    await saturate(clients, request.port, next, tally);
  } else {
    let left = mode.total;
    const bytes = encode(request);
    const until = performance.now() + mode.seconds * 1000;
    const next = (): Buffer | undefined => {
      if (left === 0 || performance.now() > until) return undefined;
      left -= 1;
      if (!mode.vary) return bytes;
      const { header, prefix } = mode.vary;
      return encode(request, { [header]: prefix + distinct(prefix, left) });
    };
    await saturate(clients, request.port, next, tally);
  }
  for (const client of clients) client.close();
  return tally.result();
}

/** The rest of an address after a prefix like `10.`, or a plain number. */
function distinct(prefix: string, index: number): string {
  return prefix.endsWith('.') ? `${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}` : String(index);
}

// It keeps the core busy that it shares with the stub upstream, which would have to wait for its turn, milliseconds at times.
setPriority(constants.priority.PRIORITY_LOW);
answer((ask) => run(ask as LoadJob));
readyWithoutPort();
