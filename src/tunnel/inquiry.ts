import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TunnelProgram } from './tunnel-program';

const LIMIT_MS = 5_000;
const run = promisify(execFile);

/** Asks the program itself where it leads; undefined when it does not know, or does not answer in five seconds. */
export async function inquire(
  { command, env }: TunnelProgram,
  { args, read }: NonNullable<TunnelProgram['inquiry']>,
): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, [...args], {
      env: { ...env },
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 20,
    });
    return read(stdout);
  } catch {
    return undefined;
  }
}
