import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { stdioServer } from '../../support/mcp-servers';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const ECHO = 'default_provider = "echo"\n';

interface ToolBody {
  name: string;
  source: string;
  risk: string;
  enabled: boolean;
  reason?: string;
  parameters: { properties?: Record<string, unknown> };
}

let gateway: GatewayUnderTest;
let folder: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  folder = await tempDir();
  await mkdir(join(folder.path, 'shared'));
  const file = JSON.stringify(join(folder.path, 'memory.json'));
  gateway = await startGateway({
    toml: [
      ECHO,
      stdioServer('files', 'filesystem', { args: [join(folder.path, 'shared')], more: 'denied_tools = ["move_file"]' }),
      stdioServer('graph', 'memory', { more: `env = { MEMORY_FILE_PATH = ${file} }` }),
      stdioServer('every', 'everything', { more: 'allowed_tools = ["echo", "get-tiny-image", "get-env", "get-sum"]' }),
      '[mcp.servers.gone]\ncommand = "/nowhere/to/be/found"\n',
    ].join('\n'),
    env: { ANTHROPIC_API_KEY: 'sk-ant-not-for-children-0123456789' },
  });
  const connected = async (server: string) =>
    (await tools()).some(({ source, enabled }) => source === `mcp:${server}` && enabled);
  for (const server of ['files', 'graph', 'every']) await until(() => connected(server));
});
afterAll(async () => {
  await gateway.stop();
  await folder.remove();
});

const tools = async () => ((await (await gateway.fetch('/api/tools')).json()) as { tools: ToolBody[] }).tools;
const say = async (message: string) => {
  const response = await gateway.fetch('/api/chat', { json: { message } });
  return ((await response.json()) as { reply: string }).reply;
};
const call = (name: string, args: object) => say(`/tool ${name} ${JSON.stringify(args)}`);

test('tools of servers are listed with their schema, risk and source', async () => {
  const listed = await tools();
  const read = listed.find(({ name }) => name === 'files__read_text_file');
  expect(read).toMatchObject({ source: 'mcp:files', risk: 'low', enabled: true });
  expect(read?.parameters.properties).toHaveProperty('path');
});

test('allowed_tools and denied_tools narrow what a server offers', async () => {
  const all = (await tools()).map(({ name }) => name);
  expect(all.filter((name) => name.startsWith('every__'))).toEqual([
    'every__echo',
    'every__get-env',
    'every__get-sum',
    'every__get-tiny-image',
  ]);
  expect(all).toContain('files__write_file');
  expect(all).not.toContain('files__move_file');
});

test('the agent calls them, and what they do is done', async () => {
  const path = join(folder.path, 'shared', 'note.txt');
  await call('files__write_file', { path, content: 'from the agent' });
  expect(await readFile(path, 'utf8')).toBe('from the agent');
  expect(await call('files__read_text_file', { path })).toContain('from the agent');
});

test('a server keeps its own state', async () => {
  await call('graph__create_entities', { entities: [{ name: 'Ada', entityType: 'person', observations: ['counts'] }] });
  expect(await call('graph__search_nodes', { query: 'Ada' })).toContain('counts');
});

test('what a server refuses is told to the model', async () => {
  await writeFile(join(folder.path, 'outside.txt'), 'x');
  const reply = await call('files__read_text_file', { path: join(folder.path, 'outside.txt') });
  expect(reply).toMatch(/Error: .*Access denied/);
});

test('arguments that do not fit the schema never reach the server', async () => {
  expect(await call('every__get-sum', { a: 1 })).toMatch(/arguments are wrong/);
  expect(await call('every__get-sum', { a: 1, b: 2 })).toContain('3');
});

test('an image is described in a line', async () => {
  expect(await call('every__get-tiny-image', {})).toMatch(/\[image, image\/png, \d+ bytes/);
});

test('a program gets nothing of the environment that is not its own', async () => {
  const env = await call('every__get-env', {});
  expect(env).toContain('PATH');
  expect(env).not.toContain('not-for-children');
  expect(env).not.toContain('ANTHROPIC');
});

test('metrics say which servers are connected, and count calls by server', async () => {
  await call('every__echo', { message: 'x' });
  const metrics = await (await gateway.fetch('/metrics')).text();
  expect(metrics).toContain('zeroclaw_mcp_server_up{server="files"} 1');
  expect(metrics).toContain('zeroclaw_mcp_server_up{server="gone"} 0');
  expect(metrics).toMatch(/zeroclaw_tool_calls_total\{tool="every__\*",success="true"\} \d/);
  expect(metrics).not.toContain('every__echo');
});

test('a server that cannot be started is named under /health and holds up nothing', async () => {
  const health = (await (await fetch(`${gateway.url}/health`)).json()) as { warnings?: string[] };
  expect(JSON.stringify(health)).toContain('without a connection: gone;');
  expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
});
