/** The best-known gateway of the field on Node, for comparison. Never a dependency: installed into a cache folder when the bench wants it. */
import { execFileSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstOk, freePort, startNode } from './processes.ts';

const VERSION = '1.15.2';
const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', 'bench', 'portkey');
const server = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');

/** The range it declares also admits later versions, with which every stream ends in a 500 ("immutable", its issue 1389). */
const OVERRIDES = { '@hono/node-server': '1.14.1' };

function install(): void {
  const manifest = JSON.stringify({
    private: true,
    dependencies: { '@portkey-ai/gateway': VERSION },
    overrides: OVERRIDES,
  });
  const file = join(folder, 'package.json');
  if (existsSync(join(folder, 'installed')) && readFileSync(file, 'utf8') === manifest) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, manifest);
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  execFileSync('npm', args, { cwd: folder, stdio: 'pipe', timeout: 120_000 });
  writeFileSync(join(folder, 'installed'), '');
}

export interface Portkey {
  child: ChildProcess;
  port: number;
  headers: Record<string, string>;
}

/** Undefined, with one line that says why, where npm cannot fetch it. */
export async function startPortkey(upstreamPort: number, say: (line: string) => void): Promise<Portkey | undefined> {
  try {
    install();
  } catch (error) {
    say(`@portkey-ai/gateway ${VERSION} could not be installed from npm, its rows are left out: ${firstLine(error)}`);
    return undefined;
  }
  const port = await freePort();
  const child = startNode('proxy', [server, '--headless', `--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  await firstOk(`http://127.0.0.1:${port}/`, child);
  return {
    child,
    port,
    headers: {
      authorization: 'Bearer upstream-key',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    },
  };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}
