import { readFileSync } from 'node:fs';
import { EventBus } from '../../../src/platform/events/event-bus';
import '../../../src/tunnel/tunnel.events';
import type { TunnelView } from '../../../src/tunnel/tunnel-state';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { spawnGateway } from '../../support/gateway-process';
import { listenTo } from '../../support/event-stream';
import { tempDir } from '../../support/temp-dir';
import { tunnelStage } from '../../support/tunnel';
import type { TunnelStage } from '../../support/tunnel';
import { until } from '../../support/until';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

jest.setTimeout(60_000);

const CLOUDFLARE = '[tunnel]\nprovider = "cloudflare"\n[tunnel.cloudflare]\ntoken = "tok-of-the-account-123"\n';
const QUICK = '[tunnel]\nprovider = "cloudflare"\n[tunnel.cloudflare]\nquick = true\n';
const BORE = '[tunnel]\nprovider = "custom"\n[tunnel.custom]\nstart_command = "bore local {port} --to bore.pub"\n';

let stage: TunnelStage;
let gateway: GatewayUnderTest | undefined;

beforeEach(async () => {
  stage = await tunnelStage();
});

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  expect(stage.alive()).toEqual([]);
  await stage.remove();
});

async function status(): Promise<TunnelView> {
  if (!gateway) throw new Error('no gateway runs');
  const response = await gateway.fetch('/api/status');
  return ((await response.json()) as { tunnel: TunnelView }).tunnel;
}

async function start(toml: string): Promise<GatewayUnderTest> {
  gateway = await startGateway({ toml, env: stage.env });
  return gateway;
}

const isUp = async () => (await status()).status === 'up';

test('opens when the gateway listens, and everybody is told where', async () => {
  const { url, fetch } = await start(QUICK);
  await until(isUp);
  expect(await status()).toMatchObject({
    provider: 'cloudflare',
    status: 'up',
    url: 'https://world-pound-folder-structured.trycloudflare.com',
    restarts: 0,
    problem: null,
  });
  expect(stage.starts()[0]?.args).toEqual(['tunnel', '--no-autoupdate', '--url', url]);
  const { runtime } = (await (await globalThis.fetch(`${url}/health`)).json()) as { runtime: { components: object } };
  expect(runtime.components).toMatchObject({ tunnel: { status: 'ok' } });
  expect(await (await fetch('/metrics')).text()).toContain('zeroclaw_tunnel_up{provider="cloudflare"} 1');
});

test('without a tunnel nothing is started and nothing is said', async () => {
  const { fetch } = await start('');
  expect(await status()).toEqual({
    provider: 'none',
    status: 'off',
    url: null,
    since: null,
    restarts: 0,
    problem: null,
  });
  expect(await (await fetch('/metrics')).text()).not.toContain('zeroclaw_tunnel_up{');
});

test('the token is in nobody’s argument list', async () => {
  await start(CLOUDFLARE);
  await until(isUp);
  const [first] = stage.starts();
  expect(first?.env['TUNNEL_TOKEN']).toBe('tok-of-the-account-123');
  const { pid = 0 } = first ?? {};
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('tok-of-the-account');
  expect(JSON.stringify(first?.args)).not.toContain('tok-of-the-account');
  await until(async () => (await status()).url === 'https://gateway.example.com');
});

test('a program that crashes is started again, and the feed tells of it', async () => {
  await stage.play({ exitWith: 7, exitAfterMs: 100 });
  const { get } = await start(QUICK);
  const told: string[] = [];
  get(EventBus).on('tunnel.down', ({ reason }) => told.push(reason));
  get(EventBus).on('tunnel.up', () => told.push('up'));
  await until(() => stage.starts().length === 2);
  await stage.play({});
  await until(async () => (await status()).restarts >= 1 && (await isUp()));
  expect(told).toEqual(expect.arrayContaining(['it ended with exit code 7', 'up']));
  const [first, second] = stage.starts();
  expect(second?.pid).not.toBe(first?.pid);
});

test('the live feed tells of it; why is for admins', async () => {
  const running = await start(QUICK);
  await until(isUp);
  const { url, pair } = running;
  const stream = await listenTo(url, { token: await pair(), query: '?types=tunnel' });
  process.kill(stage.starts()[0]?.pid ?? 0, 'SIGKILL');
  expect(await stream.wait('tunnel', ({ action }) => action === 'down')).toMatchObject({
    provider: 'cloudflare',
    reason: 'it was ended by SIGKILL',
  });
  expect(await stream.wait('tunnel', ({ action }) => action === 'up')).toMatchObject({
    url: 'https://world-pound-folder-structured.trycloudflare.com',
  });
  stream.leave();
});

test('another tunnel in config.toml needs a restart, and is named', async () => {
  const { dir, get } = await start(QUICK);
  const changed = new Promise<{ needRestart: string[] }>((resolve) => void get(EventBus).on('config.changed', resolve));
  await writeFile(join(dir, 'config.toml'), BORE);
  expect((await changed).needRestart).toEqual(expect.arrayContaining(['tunnel.provider']));
  expect(await status()).toMatchObject({ provider: 'cloudflare' });
});

test('what the program complains of is the reason; links in it are no address', async () => {
  await stage.play({ recording: 'ngrok-refused', exitWith: 1 });
  await start('[tunnel]\nprovider = "ngrok"\n[tunnel.ngrok]\nauth_token = "wrong-token-12345"\n');
  await until(async () => (await status()).status === 'down');
  expect(await status()).toMatchObject({ url: null, problem: expect.stringContaining('ERR_NGROK_105') as string });
});

test('a program that is not installed is one sentence, and the gateway serves', async () => {
  stage.env.PATH = '/usr/bin:/bin';
  const { url } = await start(QUICK);
  await until(async () => (await status()).status === 'down');
  expect((await status()).problem).toBe(
    'the program "cloudflared" is not installed, or not in the PATH of the gateway',
  );
  const health = (await (await fetch(`${url}/health`)).json()) as { warnings: string[] };
  expect(health.warnings.join()).toContain('The tunnel (cloudflare) is down');
});

test('a table that lacks its token is one sentence too', async () => {
  await start('[tunnel]\nprovider = "cloudflare"\n');
  expect(await status()).toMatchObject({
    status: 'down',
    problem: expect.stringContaining('token is missing') as string,
  });
  expect(stage.starts()).toEqual([]);
});

test('what no system takes as a variable is a reason like any other', async () => {
  await start(`${BORE}env = { KEY = "a\\u0000b" }\n`);
  await until(async () => (await status()).status === 'down');
  expect((await status()).problem).toContain('it could not be started');
});

test('4 MB of output hold nothing up', async () => {
  await stage.play({ flood: 4096 });
  await start(QUICK);
  await until(isUp);
});

test('a program that does not want to end is ended, with what it has started', async () => {
  await stage.play({ ignoreTerm: true, child: true });
  await start(QUICK);
  await until(isUp);
  expect(stage.alive()).toHaveLength(2);
  const began = performance.now();
  await gateway?.stop();
  gateway = undefined;
  expect(stage.alive()).toEqual([]);
  expect(performance.now() - began).toBeLessThan(8_000);
});

test('a custom program that says nothing is up when it stays; its own words count where a pattern finds them', async () => {
  await start(BORE);
  await until(isUp);
  expect(await status()).toMatchObject({ url: null });
  expect(stage.starts()[0]?.args.slice(0, 1)).toEqual(['local']);
  await gateway?.stop();
  await start(`${BORE}url_pattern = "listening at (\\\\S+)"\n`);
  await until(async () => (await status()).url === 'http://bore.pub:40617');
});

test('behind a tunnel nobody is local, with forwarding headers or without', async () => {
  const { url } = await start(`${BORE}[gateway]\nrequire_pairing = false\n`);
  await until(() => stage.starts().length === 1);
  const asked = await Promise.all(
    ['/api/status', '/metrics', '/v1/models'].map(async (path) => (await fetch(url + path)).status),
  );
  expect(asked).toEqual([401, 401, 401]);
  const forwarded = await fetch(`${url}/api/status`, { headers: { 'X-Forwarded-For': '203.0.113.9' } });
  expect(forwarded.status).toBe(401);
  expect(JSON.stringify(await forwarded.json())).toContain('tunnel');
  const webhook = await fetch(`${url}/webhook`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"message":"hi"}',
  });
  expect(webhook.status).toBe(401);
  await gateway?.stop();
  gateway = undefined;
});

test('clients behind a tunnel that names them have budgets of their own', async () => {
  const { url } = await start(`${CLOUDFLARE}[gateway]\npair_rate_limit_per_minute = 1\n`);
  const attempt = async (client: string) => {
    const headers = { 'X-Pairing-Code': 'WRONG', 'X-Forwarded-For': `1.1.1.1, ${client}` };
    return (await fetch(`${url}/pair`, { method: 'POST', headers })).status;
  };
  expect(await attempt('203.0.113.1')).toBe(403);
  expect(await attempt('203.0.113.1')).toBe(429);
  expect(await attempt('203.0.113.2')).toBe(403);
});

describe('as a process', () => {
  const launch = async (toml: string) => {
    const dir = await tempDir();
    await writeFile(join(dir.path, 'config.toml'), toml, { mode: 0o600 });
    const running = await spawnGateway({ dir: dir.path, env: stage.env });
    return { ...running, remove: dir.remove };
  };

  test('the address follows the banner, which does not wait for it; SIGTERM leaves nothing behind', async () => {
    const { kill, stdout, remove } = await launch(QUICK);
    expect(stdout()).toContain('Tunnel: cloudflare is being opened');
    await until(() => stdout().includes('🌐 Tunnel: https://world-pound-folder-structured.trycloudflare.com'));
    expect(await kill('SIGTERM')).toBe(0);
    expect(stage.alive()).toEqual([]);
    await remove();
  });

  test('not even kill -9 leaves it running', async () => {
    await stage.play({ ignoreTerm: true, child: true });
    const { kill, stdout, remove } = await launch(QUICK);
    await until(() => stdout().includes('trycloudflare.com'));
    expect(stage.alive()).toHaveLength(2);
    await kill('SIGKILL');
    await until(() => stage.alive().length === 0);
    await remove();
  });

  test('a tunnel allows an address that others can reach', async () => {
    const dir = await tempDir();
    await writeFile(join(dir.path, 'config.toml'), QUICK, { mode: 0o600 });
    const { kill } = await spawnGateway({ dir: dir.path, args: ['--host', '0.0.0.0'], env: stage.env });
    await until(() => stage.starts().length === 1);
    expect(stage.starts()[0]?.args.at(-1)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await kill('SIGTERM');
    await dir.remove();
  });
});
