import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent, fetch } from 'undici';
import { describeWith, pathOf } from './programs';
import { tempDir } from './temp-dir';

const SHIPPED = join(__dirname, '..', '..', 'deploy', 'proxy');
const READY_LIMIT_MS = 10_000;

const PROXIES = ['nginx', 'caddy'] as const;
export type ProxyName = (typeof PROXIES)[number];

/** A suite behind a real proxy. */
export function describeBehind(name: ProxyName, what: string, suite: () => void): void {
  describeWith({ commands: [name], package: name }, what, suite);
}

/** A suite behind each of them; its name ends with the proxy's. */
export function describeBehindEach(what: string, suite: (name: ProxyName) => void): void {
  for (const name of PROXIES) describeBehind(name, `${what} ${name}`, () => suite(name));
}

/** A real reverse proxy in front of a gateway, with the configuration that is shipped. */
export interface ReverseProxy {
  /** `https://localhost:<port>`; nobody has signed its certificate. */
  url: string;
  stop(): Promise<void>;
}

/** Changes the shipped configuration for a test that wants to see what a line is for. */
export type Edit = (config: string) => string;

/**
 * Starts the proxy in a folder of its own: only names, ports and paths of the shipped configuration are exchanged. It listens on loopback, needs no rights,
 * and is stopped by its process id.
 */
export async function startProxy(
  name: ProxyName,
  gateway: string,
  edit: Edit = (config) => config,
): Promise<ReverseProxy> {
  const folder = await tempDir();
  const port = await freePort();
  const place = { folder: folder.path, port, gateway: new URL(gateway).host };
  const [command, args] = name === 'nginx' ? await prepareNginx(place, edit) : await prepareCaddy(place, edit);
  const home = { HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path };
  const child = spawn(pathOf({ commands: [command], package: name }), args, {
    env: { PATH: process.env['PATH'], ...home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-8_192)));
  const over = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  const stop = async () => {
    // Not SIGKILL: workers of nginx would stay.
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await over;
    clearTimeout(timer);
    await folder.remove();
  };
  const url = `https://localhost:${port}`;
  const gone = over.then(() => Promise.reject(new Error(`${name} does not run: ${said}`)));
  gone.catch(() => undefined);
  try {
    await Promise.race([gone, answers(url, () => said)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

interface Place {
  folder: string;
  port: number;
  /** `<host>:<port>` */
  gateway: string;
}

async function prepareNginx({ folder, port, gateway }: Place, edit: Edit): Promise<[string, string[]]> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'certificate.key')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)(pathOf({ commands: ['openssl'], package: 'openssl' }), [
    'req',
    ...kind,
    ...subject,
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  const shipped = await readFile(join(SHIPPED, 'nginx.conf'), 'utf8');
  const site = exchange(shipped, [
    [/^ *listen \[::\].*\n/gm, ''],
    [/listen 80;/, `listen 127.0.0.1:${await freePort()};`],
    [/listen 443 ssl http2;/, `listen 127.0.0.1:${port} ssl http2;`],
    [/server 127\.0\.0\.1:42617;/, `server ${gateway};`],
    [/\/etc\/ssl\/certs\/gateway\.example\.com\.pem/, certificate],
    [/\/etc\/ssl\/private\/gateway\.example\.com\.key/, key],
    [/gateway\.example\.com/g, 'localhost'],
  ]);
  await mkdir(join(folder, 'temp'));
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/temp/${of};`,
  );
  // As root the workers would be another user, who cannot get into the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const main = `daemon off; ${user} worker_processes 1; pid ${folder}/nginx.pid; error_log stderr;
events { worker_connections 1024; }
http { access_log off; ${temps.join(' ')}
${edit(site)}
}
`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, main);
  return ['nginx', ['-p', folder, '-e', 'stderr', '-c', file]];
}

async function prepareCaddy({ folder, port, gateway }: Place, edit: Edit): Promise<[string, string[]]> {
  const shipped = await readFile(join(SHIPPED, 'Caddyfile'), 'utf8');
  const site = exchange(shipped, [
    // Caddy signs a certificate of its own for such a name, instead of asking Let's Encrypt for one.
    [/^gateway\.example\.com \{$/m, `https://localhost:${port} {`],
    [/127\.0\.0\.1:42617/, gateway],
  ]);
  const file = join(folder, 'Caddyfile');
  const options = ['admin off', 'skip_install_trust', 'auto_https disable_redirects', 'default_bind 127.0.0.1'];
  await writeFile(file, `{\n${options.join('\n')}\n}\n${edit(site)}`);
  return ['caddy', ['run', '--adapter', 'caddyfile', '--config', file]];
}

/** Every one of them has to be there, so that what is tested stays what is shipped. */
function exchange(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((changed, [what, by]) => {
    if (!what.test(changed)) throw new Error(`the shipped configuration has no ${what.source}`);
    what.lastIndex = 0;
    return changed.replace(what, by);
  }, text);
}

async function answers(url: string, said: () => string): Promise<void> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const end = performance.now() + READY_LIMIT_MS;
  try {
    for (;;) {
      const status = await fetch(`${url}/health/live`, { dispatcher }).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) return;
      if (performance.now() > end) throw new Error(`${url} does not answer (${status}): ${said()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
