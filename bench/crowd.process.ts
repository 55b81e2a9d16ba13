/** Clients of the live doors, a process of its own: sockets that stream at once, and subscribers of the event feed. Everything they get is checked. */
import { get } from 'node:http';
import type { ClientRequest } from 'node:http';
import { WebSocket } from 'ws';
import { answer, readyWithoutPort } from './child.ts';

export interface CrowdJob {
  port: number;
  headers: Record<string, string>;
  /** How many sockets ask at once, or how many subscribers listen while one client asks. */
  what:
    | { kind: 'sockets'; count: number; turns: number }
    | { kind: 'subscribers'; count: number; turns: number; pace: number };
}

export interface CrowdResult {
  frames: number;
  seconds: number;
  /** Frames or events that are missing, come twice, or come out of order. */
  wrong: number;
}

const LIMIT_MS = 120_000;

async function turnsOf(job: CrowdJob, session: string, turns: number): Promise<{ frames: number; wrong: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(`ws://127.0.0.1:${job.port}/ws/chat?session_id=${session}`, { headers: job.headers });
  const ask = () => socket.send(JSON.stringify({ type: 'message', content: 'What is the capital of France?' }));
  let [frames, wrong, seq, text, left] = [0, 0, 0, '', turns];
  socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as Frame;
    if (frame.type === 'history') return ask();
    frames++;
    if (frame.seq !== ++seq) wrong++;
    if (frame.type === 'chunk') text += frame.content ?? '';
    if (frame.type === 'error') wrong++;
    if (frame.type !== 'done' && frame.type !== 'error') return undefined;
    if (text !== frame.full_response || text === '') wrong++;
    [seq, text] = [0, ''];
    left--;
    if (left > 0) ask();
    else socket.close();
    return undefined;
  });
  socket.on('close', () => (left > 0 ? reject(new Error(`${session} was closed early`)) : resolve()));
  socket.on('error', reject);
  const timer = setTimeout(() => reject(new Error(`${session} had ${left} turns left`)), LIMIT_MS);
  await promise.finally(() => clearTimeout(timer));
  return { frames, wrong };
}

interface Frame {
  type: string;
  seq?: number;
  content?: string;
  full_response?: string;
}

async function sockets(job: CrowdJob, count: number, turns: number): Promise<CrowdResult> {
  const started = performance.now();
  const all = await Promise.all(Array.from({ length: count }, (_, i) => turnsOf(job, `crowd-${i}`, turns)));
  const seconds = (performance.now() - started) / 1000;
  const sum = (of: 'frames' | 'wrong') => all.reduce((total, one) => total + one[of], 0);
  return { frames: sum('frames'), wrong: sum('wrong'), seconds };
}

/** One subscriber: the numbers of the events it has seen must be those of everybody. */
class Subscriber {
  readonly seen: number[] = [];
  gaps = 0;
  private readonly request: ClientRequest;

  private constructor(request: ClientRequest) {
    this.request = request;
  }

  static async open({ port, headers }: CrowdJob): Promise<Subscriber> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const request = get({ port, host: '127.0.0.1', path: '/api/events', headers, agent: false });
    const subscriber = new Subscriber(request);
    request.on('error', reject).on('response', (response) => {
      let rest = '';
      resolve();
      response.setEncoding('utf8').on('data', (piece: string) => {
        const blocks = (rest + piece).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) subscriber.read(block);
      });
      response.on('error', () => undefined);
    });
    await promise;
    return subscriber;
  }

  leave(): void {
    this.request.destroy();
  }

  private read(block: string): void {
    if (block.includes('"type":"gap"')) this.gaps++;
    const id = /^id: \w+-(\d+)$/m.exec(block)?.[1];
    if (id !== undefined && block.includes('data: ')) this.seen.push(Number(id));
  }
}

async function subscribers(job: CrowdJob, count: number, turns: number, pace: number): Promise<CrowdResult> {
  const all = await Promise.all(Array.from({ length: count }, () => Subscriber.open(job)));
  const started = performance.now();
  const calls: Promise<unknown>[] = [];
  const headers = { ...job.headers, 'content-type': 'application/json' };
  while (calls.length < turns) {
    const due = Math.min(turns, Math.floor(((performance.now() - started) / 1000) * pace));
    while (calls.length < due) {
      const body = JSON.stringify({ message: 'Hello' });
      calls.push(
        fetch(`http://127.0.0.1:${job.port}/api/chat`, { method: 'POST', headers, body }).then((r) => r.text()),
      );
    }
    await new Promise((next) => setTimeout(next, 5));
  }
  await Promise.all(calls);
  const most = () => Math.max(...all.map(({ seen }) => seen.length));
  const settled = () => all.every(({ seen }) => seen.length === most());
  for (let still = 0, before = -1; still < 20 || !settled();) {
    if (performance.now() - started > LIMIT_MS) break;
    still = most() === before ? still + 1 : 0;
    before = most();
    await new Promise((next) => setTimeout(next, 50));
  }
  const seconds = (performance.now() - started) / 1000;
  const [first] = all;
  const inOrder = (seen: readonly number[]) => seen.every((number, i) => i === 0 || number === (seen[i - 1] ?? 0) + 1);
  const wrong = all.filter(({ seen, gaps }) => gaps > 0 || !inOrder(seen) || seen.length !== first?.seen.length).length;
  const frames = all.reduce((total, { seen }) => total + seen.length, 0);
  for (const one of all) one.leave();
  return { frames, wrong, seconds };
}

answer(async (ask): Promise<CrowdResult> => {
  const job = ask as CrowdJob;
  const { what } = job;
  return what.kind === 'sockets'
    ? sockets(job, what.count, what.turns)
    : subscribers(job, what.count, what.turns, what.pace);
});
readyWithoutPort();
