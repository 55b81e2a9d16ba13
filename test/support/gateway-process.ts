import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, '..', '..', 'src', 'main.ts');
const TYPESCRIPT = join(__dirname, 'typescript.cjs');

export interface GatewayProcess {
  url: string;
  child: ChildProcess;
  /** Everything written to stdout so far; the banner is complete. */
  stdout(): string;
  stderr(): string;
  /** The pairing code of the banner, if one is shown. */
  code(): string | undefined;
  /** Sends a signal and resolves with the exit code (null after SIGKILL). */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessOptions {
  dir: string;
  args?: string[];
  env?: Record<string, string>;
  /** Another user, for tests that root runs. */
  uid?: number | undefined;
}

/** The gateway in its own process, as an operator runs it. Resolves when the banner is out. */
export async function spawnGateway({ dir, args = [], env = {}, uid }: ProcessOptions): Promise<GatewayProcess> {
  const gateway = startProcess(['gateway', '--config-dir', dir, '--port', '0', ...args], env, uid);
  const ready = /listening on (http:\S+)[\s\S]*Press Ctrl\+C/;
  await new Promise<void>((resolve, reject) => {
    gateway.child.stdout?.on('data', () => ready.test(gateway.stdout()) && resolve());
    gateway.child.once('exit', (code) =>
      reject(new Error(`the gateway ended with ${code} before it listened:\n${gateway.stderr()}`)),
    );
  });
  return {
    ...gateway,
    url: ready.exec(gateway.stdout())?.[1] ?? '',
    code: () => /X-Pairing-Code: (\S+)/.exec(gateway.stdout().split('PAIRING REQUIRED')[1] ?? '')?.[1],
  };
}

/** Runs a command of the command line to its end. */
export async function runZeroclaw(args: string[], env: Record<string, string> = {}) {
  const { ended, stdout, stderr } = startProcess(args, env);
  return { exitCode: await ended, stdout: stdout(), stderr: stderr() };
}

function startProcess(args: string[], env: Record<string, string>, uid?: number) {
  const child = spawn(process.execPath, ['--require', TYPESCRIPT, MAIN, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid }),
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    child,
    ended,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal);
      return ended;
    },
  };
}
