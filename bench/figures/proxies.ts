/** What nginx and Caddy add to the first token of a stream, with the configurations that are shipped but for TLS; one caller, connections kept open. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { PASS_THROUGH_MODEL } from '../gateway.ts';
import { firstOk, freePort, stop } from '../processes.ts';
import { ms, row } from '../report.ts';
import type { Row } from '../report.ts';
import type { Candidate, Rig } from '../rig.ts';
import { median } from '../statistics.ts';
import { chatBody } from '../wire.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'deploy', 'proxy');
/** Debian installs nginx where only administrators look. */
const PATH = `${process.env['PATH']}:/usr/sbin`;
const ROUNDS = 5;
const CALLS = 100;

function configure(name: 'nginx' | 'caddy', folder: string, port: number, gateway: number): [string, string[]] {
  const file = join(folder, name);
  if (name === 'caddy') {
    const site = readFileSync(join(SHIPPED, 'Caddyfile'), 'utf8')
      .replace('gateway.example.com {', `http://127.0.0.1:${port} {`)
      .replace('127.0.0.1:42617', `127.0.0.1:${gateway}`);
    writeFileSync(file, `{\nadmin off\n}\n${site}`);
    return ['caddy', ['run', '--adapter', 'caddyfile', '--config', file]];
  }
  const site = readFileSync(join(SHIPPED, 'nginx.conf'), 'utf8')
    .replaceAll(/^ *(listen \[::\]|ssl_).*\n/gm, '')
    .replace('listen 80;', `listen unix:${folder}/redirect;`)
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port};`)
    .replace('server 127.0.0.1:42617;', `server 127.0.0.1:${gateway};`);
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/temp/${of};`,
  );
  mkdirSync(join(folder, 'temp'));
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(
    file,
    `daemon off; ${user} pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; ${temps.join(' ')}\n${site}\n}`,
  );
  return ['nginx', ['-p', folder, '-e', 'stderr', '-c', file]];
}

/** Milliseconds to the first bytes of the answer. */
async function firstBytes(agent: Agent, port: number, { headers }: Candidate): Promise<number> {
  const started = performance.now();
  const { body, statusCode } = await request(`http://127.0.0.1:${port}/v1/chat/completions`, {
    dispatcher: agent,
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: chatBody(PASS_THROUGH_MODEL, { stream: true }),
  });
  if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${await body.text()}`);
  let first: number | undefined;
  for await (const _ of body) first ??= performance.now() - started;
  return first ?? Number.NaN;
}

export async function proxies(rig: Rig): Promise<Row[]> {
  const { gateway } = rig;
  const rows: Row[] = [];
  for (const name of ['nginx', 'caddy'] as const) {
    if (spawnSync(name, ['version'], { env: { PATH } }).error) {
      rig.notes.add(`${name} is not installed: what it adds was not measured`);
      continue;
    }
    const folder = mkdtempSync(join(tmpdir(), 'zeroclaw-proxy-'));
    const port = await freePort();
    const [command, args] = configure(name, folder, port, gateway.port);
    const env = { PATH, HOME: folder };
    const child = spawn(command, args, { stdio: 'ignore', env });
    const agent = new Agent();
    try {
      await firstOk(`http://127.0.0.1:${port}/health/live`, child);
      const times = { direct: [] as number[], through: [] as number[] };
      for (let i = 0; i < CALLS / 2; i++) await firstBytes(agent, port, gateway);
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < CALLS; i++) times.direct.push(await firstBytes(agent, gateway.port, gateway));
        for (let i = 0; i < CALLS; i++) times.through.push(await firstBytes(agent, port, gateway));
      }
      const [direct, through] = [median(times.direct), median(times.through)];
      const detail = `p50 direct ${ms(direct)} · through ${ms(through)}`;
      rows.push(row(`first token later through ${name}`, through - direct, 'ms', { atMost: 50 }, detail));
    } finally {
      await agent.destroy();
      await stop(child);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return rows;
}
