import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { spawnGateway } from '../../support/gateway-process';
import { isAlive, oddStdioServer } from '../../support/mcp-servers';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const ECHO = 'default_provider = "echo"\n';

interface ToolBody {
  name: string;
  enabled: boolean;
  reason?: string;
}

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());

const tools = async () => ((await (await gateway.fetch('/api/tools')).json()) as { tools: ToolBody[] }).tools;
const isOn = async (name: string) => (await tools()).some((tool) => tool.name === name && tool.enabled);
const call = async (name: string, args: object = {}, init: RequestInit = {}) => {
  const json = { message: `/tool ${name} ${JSON.stringify(args)}` };
  const response = await gateway.fetch('/api/chat', { json, ...init });
  return ((await response.json()) as { reply: string }).reply;
};
const numberFrom = async (name: string) => Number(/\d+/.exec(await call(name))?.[0]);
const start = async (more = '') => {
  gateway = await startGateway({ toml: ECHO + oddStdioServer(more), env: { SECRET: 'a-secret-of-the-operator' } });
  await until(() => isOn('odd__pid'));
};
const warnings = async () => JSON.stringify(await (await fetch(`${gateway.url}/health`)).json());

test('a server whose process is killed comes back by itself', async () => {
  await start();
  const first = await numberFrom('odd__pid');
  process.kill(first, 'SIGKILL');
  const second = async () => (await isOn('odd__pid')) && (await numberFrom('odd__pid'));
  await until(async () => ![first, false, Number.NaN].includes(await second()));
  expect(isAlive(first)).toBe(false);
});

test('a server that ends during a call: the model is told, its tools say why they are off, and health names it', async () => {
  const grave = await tempDir();
  const file = join(grave.path, 'grave');
  await start(`env = { GRAVE = ${JSON.stringify(file)} }`);
  expect(await call('odd__die')).toMatch(/Error: the connection to the MCP server odd broke .*not known whether/);
  await until(async () => !(await isOn('odd__pid')));
  const reason = async () => (await tools()).find(({ name }) => name === 'odd__pid')?.reason ?? '';
  await until(async () => /MCP server odd is not connected .*the disk of this server is full/.test(await reason()));
  expect(await warnings()).toMatch(/MCP servers without a connection: odd;/);
  await rm(file);
  await until(() => isOn('odd__pid'));
  expect(await warnings()).not.toContain('odd');
  await grave.remove();
});

test('a call that takes too long fails, the server is told, and the connection lives on', async () => {
  await start('timeout_secs = 1');
  const pid = await numberFrom('odd__pid');
  expect(await call('odd__hang')).toMatch(/did not answer within 1 seconds/);
  await until(async () => (await numberFrom('odd__given-up')) === 1);
  expect(await numberFrom('odd__pid')).toBe(pid);
});

test('a call is cancelled when its turn is', async () => {
  await start();
  const leaving = new AbortController();
  const asked = call('odd__hang', {}, { signal: leaving.signal }).catch(() => 'left');
  const inFlight = async () =>
    /zeroclaw_active_turns(\{[^}]*\})? 1/.test(await (await gateway.fetch('/metrics')).text());
  await until(inFlight);
  leaving.abort();
  expect(await asked).toBe('left');
  await until(async () => (await numberFrom('odd__given-up')) === 1);
});

test('tools that a server gets later are offered later', async () => {
  await start();
  const before = (await tools()).length;
  await call('odd__grow');
  await until(async () => (await tools()).length === before + 1);
  const grown = (await tools()).find(({ name }) => name.startsWith('odd__grown-'));
  expect(await call(grown?.name ?? '')).toContain('grown-');
});

test('odd names, broken schemas, refusals and floods harm nobody', async () => {
  await start();
  const names = (await tools()).map(({ name }) => name).filter((name) => name.startsWith('odd__'));
  expect(names).toContain('odd__odd_name_with_spaces');
  expect(await call('odd__odd_name_with_spaces', { x: 1 })).toContain('odd.name/with spaces {"x":1}');
  const long = names.find((name) => name.startsWith('odd__long-'));
  expect(long).toHaveLength(64);
  expect(await call(long ?? '')).toContain('long-xxx');
  expect(await call('odd__broken-schema', { a: 1 })).toContain('broken-schema {"a":1}');
  expect(await call('odd__fail')).toMatch(/Error: it is Sunday/);
  expect((await call('odd__flood')).length).toBeLessThan(110_000);
});

test('what a server has started ends with the gateway', async () => {
  await start();
  const [server, grandchild] = [await numberFrom('odd__pid'), await numberFrom('odd__spawn')];
  expect([server, grandchild].map(isAlive)).toEqual([true, true]);
  await gateway.stop();
  await until(() => !isAlive(server) && !isAlive(grandchild));
});

test('servers come and go with the configuration', async () => {
  await start();
  const pid = await numberFrom('odd__pid');
  const file = join(gateway.dir, 'config.toml');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('[mcp.servers.odd]', '[mcp.servers.odd]\nenabled = false'),
  );
  await until(async () => (await tools()).every(({ name }) => !name.startsWith('odd__')));
  await until(() => !isAlive(pid));
});

test('a server that refers to a variable that is not set is not started', async () => {
  gateway = await startGateway({ toml: ECHO + oddStdioServer('env = { TOKEN = "${MISSING}" }') });
  expect(await warnings()).toMatch(/MCP servers without a connection: odd;/);
  expect((await tools()).filter(({ name }) => name.startsWith('odd__'))).toEqual([]);
});

test("ZeroClaw's way to list servers is understood", async () => {
  const section = oddStdioServer('tool_timeout_secs = 5').replace('[mcp.servers.odd]', '[[mcp.servers]]\nname = "odd"');
  gateway = await startGateway({ toml: ECHO + section });
  await until(() => isOn('odd__pid'));
});

test('as a process: what a server says is logged without its secrets, and it ends when the gateway does', async () => {
  gateway = await startGateway();
  const dir = await tempDir();
  await writeFile(`${dir.path}/config.toml`, ECHO + oddStdioServer('env = { TOKEN = "${SECRET}" }'), { mode: 0o600 });
  const child = await spawnGateway({ dir: dir.path, env: { SECRET: 'a-secret-of-the-operator' } });
  await until(() => child.stderr().includes('token [REDACTED]'));
  const pid = Number(/pid (\d+), token/.exec(child.stderr())?.[1]);
  expect(isAlive(pid)).toBe(true);
  expect(await child.kill('SIGTERM')).toBe(0);
  expect(child.stderr()).not.toContain('a-secret-of-the-operator');
  await until(() => !isAlive(pid));
  await dir.remove();
});
