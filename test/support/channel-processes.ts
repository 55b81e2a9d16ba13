import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ChannelProcess {
  url: string;
  /** Resolves when the process has ended, by itself or killed. */
  ended: Promise<void>;
  /** From now on the process kills itself when it comes to this point, see crash-points.ts. */
  dieAt(point: string): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** @param ahead milliseconds that its clock is ahead */
export async function startChannelProcess(configDir: string, ahead = 0): Promise<ChannelProcess> {
  const args = ['typescript.cjs', 'channel-child.ts'].map((file) => join(__dirname, file));
  const child = spawn(process.execPath, ['--require', ...args, configDir, String(ahead)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const lines = createInterface(child.stdout);
  const line = once(lines, 'line').then(([text]: string[]) => text ?? '');
  const ended = once(child, 'exit').then(() => undefined);
  const first = await Promise.race([line, ended]);
  if (!first?.startsWith('listening on ')) throw new Error('the process ended before it listened');
  return {
    url: first.slice('listening on '.length),
    ended,
    dieAt: async (point) => {
      child.stdin.write(`${point}\n`);
      await once(lines, 'line');
    },
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await ended;
    },
  };
}
