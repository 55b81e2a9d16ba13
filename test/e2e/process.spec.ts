import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { spawnGateway, runZeroclaw } from '../support/gateway-process';
import type { GatewayProcess } from '../support/gateway-process';
import { openSocket } from '../support/raw-http';
import { tempDir } from '../support/temp-dir';
import { chunk, openStream, sse, startRawUpstream } from '../support/upstream';

let folder: Awaited<ReturnType<typeof tempDir>>;
let running: GatewayProcess[] = [];

beforeEach(async () => {
  folder = await tempDir();
});
afterEach(async () => {
  await Promise.all(running.map((gateway) => gateway.kill('SIGKILL')));
  running = [];
  await folder.remove();
});

const start = async (args: string[] = [], env: Record<string, string> = {}) => {
  const gateway = await spawnGateway({ dir: folder.path, args, env });
  running.push(gateway);
  return gateway;
};

const config = (toml: string) => writeFile(join(folder.path, 'config.toml'), toml, { mode: 0o600 });

async function pair(gateway: GatewayProcess): Promise<string> {
  const response = await fetch(`${gateway.url}/pair`, {
    method: 'POST',
    headers: { 'X-Pairing-Code': gateway.code() ?? '' },
  });
  return ((await response.json()) as { token: string }).token;
}

describe('the banner', () => {
  test('shows where it listens, what it serves and the code, on stdout alone', async () => {
    const gateway = await start([], { ZEROCLAW_LOG_FORMAT: 'json', ZEROCLAW_LOG_LEVEL: 'debug' });
    const lines = gateway.stdout().split('\n');
    expect(lines[0]).toBe(`🦀 ZeroClaw Gateway listening on ${gateway.url}`);
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(gateway.stdout()).toContain('echo model answers');
    const code = gateway.code() ?? '';
    expect(code).toMatch(/^[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$/);
    expect(lines).toEqual(
      expect.arrayContaining(['     ┌─────────────┐', `     │  ${code}  │`, '     └─────────────┘']),
    );
    expect(lines[1]).toBe(`  🌐 Web Dashboard: ${gateway.url}/`);
    const page = await fetch(`${gateway.url}/`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>ZeroClaw</title>');
    for (const line of gateway.stderr().trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  test('every line of it is served', async () => {
    const gateway = await start();
    const routes = [...gateway.stdout().matchAll(/^ {2}(GET|POST) +(\/\S+)/gm)].map(([, method = '', path = '']) => [
      method,
      path,
    ]);
    expect(routes.length).toBeGreaterThan(6);
    for (const [method = '', path = ''] of routes.filter(([, route]) => !route?.includes('*'))) {
      const { status } = await fetch(gateway.url + path, { method });
      expect([`${method} ${path}`, status]).not.toEqual([`${method} ${path}`, 404]);
      expect([`${method} ${path}`, status]).not.toEqual([`${method} ${path}`, 405]);
    }
  });

  test('shows no code to a paired gateway, and a new one with --new-pairing, which ends the old token', async () => {
    const first = await start();
    const token = await pair(first);
    expect(await first.kill('SIGTERM')).toBe(0);
    const second = await start();
    expect(second.code()).toBeUndefined();
    expect(second.stdout()).toContain('Pairing: ACTIVE');
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(`${second.url}/api/status`, { headers })).status).toBe(200);
    await second.kill('SIGTERM');
    const third = await start(['--new-pairing']);
    expect(third.code()).toBeDefined();
    expect((await fetch(`${third.url}/api/status`, { headers })).status).toBe(401);
    expect(
      (await fetch(`${third.url}/api/status`, { headers: { Authorization: `Bearer ${await pair(third)}` } })).status,
    ).toBe(200);
  });
});

describe('starting is refused with a reason', () => {
  const refused = async (...args: string[]) => {
    const result = await runZeroclaw(['gateway', '--config-dir', folder.path, ...args]);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe('');
    return result.stderr;
  };

  test('a host that the network can reach', async () => {
    const reason = await refused('--host', '0.0.0.0', '--port', '0');
    expect(reason).toMatch(/Refusing to listen on 0\.0\.0\.0[\s\S]*--host 127\.0\.0\.1[\s\S]*allow_public_bind = true/);
  });

  test('… unless it is allowed', async () => {
    const gateway = await start(['--host', '0.0.0.0'], { ZEROCLAW_ALLOW_PUBLIC_BIND: 'true' });
    expect(gateway.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await refused('--port', String(port))).toMatch(new RegExp(`port ${port} .* is taken`));
    server.close();
  });

  test('a wrong value in config.toml, with file, line, key, what was found and what is allowed', async () => {
    await config('# mine\n[gateway]\nport = "many"\n');
    const reason = await refused();
    expect(reason).toContain(join(folder.path, 'config.toml'));
    expect(reason).toMatch(/:3\b[\s\S]*gateway\.port[\s\S]*many/);
  });

  test('a database that is none, which is left as it is', async () => {
    const file = join(folder.path, 'zeroclaw.db');
    await config(`[storage]\ndata_dir = "${folder.path}"\n`);
    await writeFile(file, 'this is not a database, but it may be dear to somebody'.repeat(100));
    const before = await readFile(file);
    const reason = await refused('--port', '0');
    expect(reason).toContain(file);
    expect(await readFile(file)).toEqual(before);
  });

  test('a port that is no number', async () => {
    expect(await refused('--port', 'http')).toMatch(/0 to 65535/);
  });
});

test('--version and --help', async () => {
  const version = await runZeroclaw(['--version']);
  expect(version).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  const help = await runZeroclaw(['--help']);
  expect(help.exitCode).toBe(0);
  for (const command of ['gateway', 'pair', 'config']) expect(help.stdout).toContain(command);
});

describe('SIGTERM', () => {
  test('lets a running stream finish, refuses new work meanwhile, turns readiness red and exits with 0', async () => {
    let finish: () => void = () => undefined;
    const upstream = await startRawUpstream((response) => {
      openStream(response).write(sse(chunk({ role: 'assistant', content: 'first ' })));
      finish = () => response.end(sse(chunk({ content: 'last' }), chunk({}, 'stop'), '[DONE]'));
    });
    await config(`default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\napi_key = "k"\n`);
    const gateway = await start();
    const token = await pair(gateway);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const ask = { method: 'POST', headers, body: JSON.stringify({ message: 'hi', stream: true }) };

    // A connection that is open already still gets its answers while the gateway stops.
    const probe = await openSocket(gateway.url);
    let probed = '';
    probe.setEncoding('utf8').on('data', (text: string) => (probed += text));
    const probing = async (request: string, wanted: RegExp) => {
      probed = '';
      probe.write(request);
      while (!wanted.test(probed)) await once(probe, 'data');
    };
    await probing('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 200 [\s\S]*"state":"ready"/);

    const stream = await fetch(`${gateway.url}/webhook`, ask);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let text = Buffer.from((await reader.read()).value ?? []).toString();
    expect(text).toContain('first ');
    const ended = gateway.kill('SIGTERM');

    const drained = async () => {
      await probing('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n', /"state":"(ready|draining)"/);
      return probed.includes('503') && probed.includes('"state":"draining"');
    };
    while (!(await drained()));
    await probing(
      `POST /webhook HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"message":"no"}`,
      /"code":"gateway\.draining"/,
    );
    expect(probed).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1/i);

    finish();
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += Buffer.from(part.value).toString();
    expect(text).toContain('last');
    expect(text.trimEnd()).toMatch(/\[DONE\]$/);
    expect(await ended).toBe(0);
    await upstream.stop();
  });

  test('cuts what does not finish within the grace period and still exits with 0', async () => {
    const upstream = await startRawUpstream(
      (response) => void openStream(response).write(sse(chunk({ content: 'never ending' }))),
    );
    await config(
      `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\napi_key = "k"\n[lifecycle]\nshutdown_grace_secs = 1\n`,
    );
    const gateway = await start();
    const headers = { Authorization: `Bearer ${await pair(gateway)}`, 'Content-Type': 'application/json' };
    const stream = await fetch(`${gateway.url}/webhook`, {
      method: 'POST',
      headers,
      body: '{"message":"hi","stream":true}',
    });
    const ended = gateway.kill('SIGTERM');
    await expect(stream.text()).rejects.toThrow();
    expect(await ended).toBe(0);
    await upstream.stop();
  });
});
