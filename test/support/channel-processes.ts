import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ChannelProcess {
  url: string;
  /** Resolves when the process has ended, by itself or killed. */
  ended: Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** @param ahead milliseconds that its clock is ahead @param point where it kills itself, see crash-points.ts */
export async function startChannelProcess(configDir: string, ahead = 0, point = ''): Promise<ChannelProcess> {
  const args = ['typescript.cjs', 'channel-child.ts'].map((file) => join(__dirname, file));
  const child: ChildProcess = spawn(process.execPath, ['--require', ...args, configDir, String(ahead), point], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  const listening = Promise.withResolvers<string>();
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const [, url] = /listening on (\S+)\n/.exec(output) ?? [];
    if (url !== undefined) listening.resolve(url);
  });
  void ended.then(() => listening.reject(new Error('the process ended before it listened')));
  return {
    url: await listening.promise,
    ended,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await ended;
    },
  };
}
