import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { mcpProgram } from '../../support/mcp-servers';
import { until } from '../../support/until';

const ECHO = 'default_provider = "echo"\n';

let gateway: GatewayUnderTest;
let server: ChildProcess | undefined;
afterEach(async () => {
  await gateway.stop();
  await end();
});

async function end(): Promise<void> {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

async function serve(port: number): Promise<void> {
  server = spawn(process.execPath, [mcpProgram('everything'), 'streamableHttp'], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  await until(() => /listening on port/i.test(said));
}

const call = async (name: string, args: object, asked = gateway) => {
  const response = await asked.fetch('/api/chat', { json: { message: `/tool ${name} ${JSON.stringify(args)}` } });
  return ((await response.json()) as { reply: string }).reply;
};
const isOn = async (name: string) => {
  const { tools } = (await (await gateway.fetch('/api/tools')).json()) as {
    tools: { name: string; enabled: boolean }[];
  };
  return tools.some((tool) => tool.name === name && tool.enabled);
};

test('a server is reached by streamable HTTP, also one that starts later and one that starts again', async () => {
  const port = await freePort();
  gateway = await startGateway({
    toml: `${ECHO}[mcp.servers.web]\nurl = "http://127.0.0.1:${port}/mcp"\nrisk = "low"\n`,
  });
  expect(await isOn('web__echo')).toBe(false);
  expect(JSON.stringify(await (await fetch(`${gateway.url}/health`)).json())).toContain('without a connection: web;');
  await serve(port);
  await until(() => isOn('web__echo'));
  expect(await call('web__echo', { message: 'hello there' })).toContain('hello there');

  await end();
  expect(await call('web__echo', { message: 'anybody?' })).toMatch(/Error: .*MCP server web/);
  await until(async () => !(await isOn('web__echo')));
  await serve(port);
  await until(() => isOn('web__echo'));
  expect(await call('web__echo', { message: 'hello again' })).toContain('hello again');
});

test('headers are sent: one gateway uses another', async () => {
  const other = await startGateway({ toml: ECHO });
  const token = await other.pair();
  gateway = await startGateway({
    toml: `${ECHO}[mcp.servers.other]\nurl = "${other.url}/mcp"\nheaders = { Authorization = "Bearer \${TOKEN}" }\nrisk = "low"\n`,
    env: { TOKEN: token },
  });
  await until(() => isOn('other__chat'));
  expect(await call('other__chat', { message: 'from next door' })).toContain('from next door');

  await other.stop();
  expect(await call('other__chat', { message: 'still there?' })).toMatch(/Error: .*MCP server other/);
  await until(async () => !(await isOn('other__chat')));
});
