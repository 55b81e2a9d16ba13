import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The commands of a page: its fenced blocks of `sh`, in their order. */
export function shellBlocks(page: string): string[] {
  return [...page.matchAll(/^```sh\n([\s\S]+?)^```/gm)].map(([, block = '']) => block.trim());
}

export interface ShellResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a command as it stands, with these variables and nothing else of our environment. */
export function runShell(command: string, env: Readonly<Record<string, string>>, cwd?: string): Promise<ShellResult> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: 20_000, maxBuffer: 1e7, ...(cwd !== undefined && { cwd }) };
    execFile('/bin/sh', ['-c', command], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ exitCode, stdout, stderr });
    });
  });
}

/** A folder for the front of PATH: its `curl` shows the head of the answer too, and leaves a stream that goes on after a second. */
export async function revealingCurl(folder: string, curl = '/usr/bin/curl'): Promise<string> {
  const file = join(folder, 'curl');
  await writeFile(file, `#!/bin/sh\nexec ${curl} -s -i --max-time 1 "$@"\n`);
  await chmod(file, 0o755);
  return folder;
}

export interface CurlAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/** What `curl -i` has printed; of several heads the last one counts. */
export function readAnswer(printed: string): CurlAnswer {
  const end = printed.indexOf('\r\n\r\n');
  const [first = '', ...lines] = printed.slice(0, end).split('\r\n');
  const status = Number(first.split(' ')[1]);
  const rest = printed.slice(end + 4);
  if (status === 100) return readAnswer(rest);
  const headers = new Headers();
  for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim());
  return { status, headers, body: rest };
}
