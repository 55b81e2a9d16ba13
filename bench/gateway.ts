/** The gateway under test: the built code, started as an operator would, with every guard on and paired through its public door. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstOk, startNode, stop } from './processes.ts';
import { UPSTREAM_MODEL } from './wire.ts';

const entry = join(import.meta.dirname, '..', 'dist', 'main.js');

/** Node's flags of `npm start`, which are also the image's. */
export const FLAGS: readonly string[] = (() => {
  const manifest = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { scripts: { start: string } };
  return /^node (.*?) ?dist\//.exec(scripts.start)?.[1]?.split(' ') ?? [];
})();

/** What the bench asks for: the limits stay on, but high enough that no request of the bench meets them. */
function configToml(upstreamPort: number): string {
  return `default_provider = "stub"
default_model = "${UPSTREAM_MODEL}"

[model_providers.stub]
base_url = "http://127.0.0.1:${upstreamPort}/v1"
api_key = "upstream-key"

[gateway]
webhook_rate_limit_per_minute = 100000000
trust_forwarded_headers = true
trusted_proxies = ["127.0.0.1/32"]
`;
}

export const PASS_THROUGH_MODEL = `stub/${UPSTREAM_MODEL}`;
export const AGENT_MODEL = 'zeroclaw';

export interface Gateway {
  child: ChildProcess;
  port: number;
  headers: Record<string, string>;
}

export function built(): boolean {
  return existsSync(entry);
}

/** A folder for config.toml and the database, removed when the bench ends. */
export function configFolder(upstreamPort: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'zeroclaw-bench-'));
  writeFileSync(join(folder, 'config.toml'), configToml(upstreamPort), { mode: 0o600 });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function spawnGateway(folder: string, port: number, nodeArgs: string[] = []): ChildProcess {
  const { NODE_ENV: _, ...environment } = process.env;
  return startNode('proxy', [...FLAGS, ...nodeArgs, entry, 'gateway', '--port', String(port), '--config-dir', folder], {
    env: { ...environment, NODE_ENV: 'production' },
  });
}

/** Reads the banner until `pattern` matches; what the gateway said goes into the error when it never does. */
async function readBanner(child: ChildProcess, patterns: RegExp[]): Promise<string[]> {
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      const found = patterns.map((pattern) => pattern.exec(output)?.[1]);
      const complete = found.filter((value) => value !== undefined);
      if (complete.length === patterns.length) resolve(complete);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the gateway ended with exit code ${code}:\n${output}`)));
    setTimeout(() => reject(new Error(`no complete banner within 20 s:\n${output}`)), 20_000).unref();
  });
}

/** Starts it in an empty folder, takes the code from the banner and pairs. */
export async function startGateway(upstreamPort: number, nodeArgs: string[] = []): Promise<Gateway> {
  const child = spawnGateway(configFolder(upstreamPort), 0, nodeArgs);
  const [port = '', code = ''] = await readBanner(child, [
    /listening on http:\/\/[^\s:]+:(\d+)/,
    /\b([A-Z2-9]{4}-[A-Z2-9]{4})\b/,
  ]);
  const response = await fetch(`http://127.0.0.1:${port}/pair`, {
    method: 'POST',
    headers: { 'x-pairing-code': code },
  });
  const { token } = (await response.json()) as { token?: string };
  if (!token) throw new Error(`pairing failed with status ${response.status}`);
  return { child, port: Number(port), headers: { authorization: `Bearer ${token}` } };
}

/** Milliseconds from spawn to the first 200 on /health, in a folder that has been used before. */
export async function bootMs(folder: string, port: number): Promise<number> {
  const before = performance.now();
  const child = spawnGateway(folder, port);
  child.stdout?.resume();
  child.stderr?.resume();
  const at = await firstOk(`http://127.0.0.1:${port}/health`, child);
  await stop(child);
  return at - before;
}
