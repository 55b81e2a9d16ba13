import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CommandRun {
  line: string;
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  /** Bytes of each stream that are kept; what comes after is thrown away. */
  maxBytes: number;
  signal: AbortSignal;
}

export interface CommandOutcome {
  stdout: string;
  stderr: string;
  /** Null when it was ended by a signal or never started. */
  exitCode: number | null;
  timedOut: boolean;
}

/** Time between the asking and the forceful end of a command. */
const GRACE_MS = 2_000;
/** Process groups that run now. */
const alive = new Set<number>();
/** A child that left the process group may keep the pipes open for ever. */
const CLOSE_MS = 1_000;

/**
 * Runs a line with `/bin/sh -c` in a process group of its own, without input. When the time is up or the signal fires, the whole group
 * is ended: asked first, killed after two seconds. Rejects when no process could be started, and with the signal's reason when it fired.
 */
export async function runCommand(run: CommandRun): Promise<CommandOutcome> {
  run.signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', run.line], {
    cwd: run.cwd,
    env: run.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = killAtExit(child.pid);
  const stdout = keep(child.stdout, run.maxBytes);
  const stderr = keep(child.stderr, run.maxBytes);
  const { promise: closed, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', (code) => resolve(code));

  let timedOut = false;
  let kill: NodeJS.Timeout | undefined;
  const end = () => {
    endGroup(child.pid, 'SIGTERM');
    kill ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, run.timeoutMs);
  run.signal.addEventListener('abort', end, { once: true });
  let unclosed: NodeJS.Timeout | undefined;
  child.once('exit', (code) => {
    // What the command left running in its group goes with it.
    endGroup(child.pid, 'SIGKILL');
    unclosed = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(code);
    }, CLOSE_MS);
  });
  try {
    const exitCode = await closed;
    run.signal.throwIfAborted();
    return { stdout: stdout(), stderr: stderr(), exitCode, timedOut };
  } finally {
    forget();
    run.signal.removeEventListener('abort', end);
    clearTimeout(timer);
    clearTimeout(kill);
    clearTimeout(unclosed);
  }
}

/** Whatever the gateway's end leaves no time for: nothing outlives it unless it is killed itself. */
function killAtExit(pid: number | undefined): () => void {
  if (pid === undefined) return () => undefined;
  if (alive.size === 0) process.on('exit', killAll);
  alive.add(pid);
  return () => {
    alive.delete(pid);
    if (alive.size === 0) process.off('exit', killAll);
  };
}

function killAll(): void {
  for (const pid of alive) endGroup(pid, 'SIGKILL');
}

export function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Reads a stream to its end, so that the command is never held up, and keeps its beginning. */
function keep(stream: Readable, maxBytes: number): () => string {
  const pieces: Buffer[] = [];
  let size = 0;
  let dropped = 0;
  stream.on('data', (piece: Buffer) => {
    const kept = piece.subarray(0, maxBytes - size);
    if (kept.length > 0) pieces.push(kept);
    size += kept.length;
    dropped += piece.length - kept.length;
  });
  stream.on('error', () => undefined);
  return () => Buffer.concat(pieces).toString('utf8') + (dropped > 0 ? `\n[cut: ${dropped} more bytes]` : '');
}
