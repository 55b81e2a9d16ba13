import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const LIMIT_MS = 2_000;
const MOST_OUTPUT_BYTES = 65_536;
const LONGEST_VERSION = 100;

/** The program of that name on `searchPath` (the form of PATH); undefined when there is none. */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs && (await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}

/** The first line that the program prints; null when it fails, or does not end within two seconds and is killed. */
export function versionOf(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env, timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT_BYTES } as const;
    const child = execFile(path, [...args], options, (error, stdout, stderr) => {
      const [line = ''] = (stdout.trim() || stderr.trim()).split('\n');
      resolve(error || line === '' ? null : line.trim().slice(0, LONGEST_VERSION));
    });
    child.stdin?.end();
  });
}
