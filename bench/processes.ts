/** The runner's side of the processes it starts: pinned to a core, asked questions, measured, ended. */
import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Question, Reply } from './child.ts';

const running = new Set<ChildProcess>();

/**
 * Load generator and stub share one core, the proxy under test has another one for itself: otherwise they take
 * each other's time and the figures say nothing. Undefined where the machine has one core or no taskset.
 */
export const cores: { load: number; proxy: number } | undefined = (() => {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).error) return undefined;
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const list = allowed.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  const [load, proxy] = list;
  return load === undefined || proxy === undefined ? undefined : { load, proxy };
})();

export type Side = 'load' | 'proxy';

/** Starts Node on its side's core. taskset replaces itself by Node, so the pid is Node's own. */
export function startNode(side: Side, args: string[], options: SpawnOptions = {}): ChildProcess {
  const pin = cores ? ['taskset', '-c', String(cores[side])] : [];
  const [command = '', ...rest] = [...pin, process.execPath, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** One of the bench's own `*.process.ts`: it says its port, then answers questions one by one. */
export class Worker {
  readonly child: ChildProcess;
  readonly port: number;
  private lastId = 0;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  static async start(side: Side, file: string, args: string[] = []): Promise<Worker> {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const child = startNode(side, [path, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [first] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended at once`))),
    ])) as [Reply];
    return new Worker(child, 'port' in first ? first.port : 0);
  }

  async ask<T>(ask: unknown = null): Promise<T> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise<T>((resolve, reject) => {
      const settle = (reply: Reply): void => {
        if (!('id' in reply) || reply.id !== id) return;
        this.child.off('message', settle);
        if ('error' in reply) reject(new Error(reply.error));
        else resolve(reply.value as T);
      };
      this.child.on('message', settle);
      this.child.send({ id, ask } satisfies Question);
    });
  }
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(timer);
}

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((child) => stop(child)));
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Resident memory in MB. */
export function residentMb(child: ChildProcess): number {
  if (process.platform === 'linux') {
    const kb = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return Number(kb) / 1024;
  }
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(child.pid)]).stdout.toString()) / 1024;
}

/** Seconds of CPU used so far by all threads; NaN where the system does not tell. */
export function cpuSeconds(child: ChildProcess): number {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A port that was free a moment ago, for programs that cannot say which one they took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Resolves when `url` answers 200; the time is performance.now() at that moment. */
export async function firstOk(url: string, child: ChildProcess, timeoutMs = 20_000): Promise<number> {
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`ended with exit code ${child.exitCode} before it answered ${url}`);
    const ok = await fetch(url).then(
      async (response) => (await response.arrayBuffer(), response.ok),
      () => false,
    );
    if (ok) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${url} did not answer 200 within ${timeoutMs / 1000} s`);
}
