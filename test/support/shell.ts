import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunningCommand {
  /** Everything that it has written so far, both streams together. */
  output(): string;
  /** Ends it with everything that it has started. */
  stop(): Promise<void>;
}

export interface ShellOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a block of shell as a reader of the documentation does. Resolves with its output; rejects with it when a command fails. */
export async function runShell(script: string, options: ShellOptions = {}): Promise<string> {
  const { child, output, closed } = start(script, options);
  await closed;
  if (child.exitCode !== 0) throw new Error(`exit code ${child.exitCode} of\n${script}\n${output()}`);
  return output();
}

/** Starts a block that runs until it is stopped. */
export function startShell(script: string, options: ShellOptions = {}): RunningCommand {
  const { child, output, closed } = start(script, options);
  const stop = async () => {
    // The group: a shell does not hand signals on to what it runs.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await closed;
  };
  return { output, stop };
}

function start(script: string, { cwd = process.cwd(), env = {} }: ShellOptions) {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return { child, output: () => text, closed: once(child, 'close') };
}
