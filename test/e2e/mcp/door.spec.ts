import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { EventBus } from '../../../src/platform/events/event-bus';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { pairWith } from '../../support/pairing-client';
import { until } from '../../support/until';

const OPEN = `default_provider = "echo"
[autonomy]
non_cli_excluded_tools = []
`;

let gateway: GatewayUnderTest;
let client: Client;
let token: string;
beforeAll(async () => {
  gateway = await startGateway({ toml: OPEN });
  token = await gateway.pair();
  client = await connect(token);
});
afterAll(async () => {
  await client.close();
  await gateway.stop();
});

async function connect(bearer: string): Promise<Client> {
  const connected = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${bearer}` } },
  });
  await connected.connect(transport);
  return connected;
}

interface Answer {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
}
const call = async (name: string, args: Record<string, unknown>, asked = client) =>
  (await asked.callTool({ name, arguments: args })) as Answer;
const textOf = ({ content }: Answer) => content.map(({ text }) => text).join('\n');
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/mcp`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

describe("the protocol's own client", () => {
  it('is greeted and told of the tools', async () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'zeroclaw-gateway' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['chat', 'memory_recall', 'memory_store']);
    expect(tools[0]?.inputSchema).toMatchObject({ type: 'object', required: ['message'] });
  });

  it('talks to the agent', async () => {
    const answer = await call('chat', { message: 'Hello!', session_id: 'mine' });
    expect(textOf(answer)).toContain('Hello!');
    expect(answer.structuredContent).toMatchObject({ reply: textOf(answer), session_id: 'mine' });
  });

  it('has the agent use its tools', async () => {
    expect(textOf(await call('chat', { message: '/tool calculate {"expression":"6*7"}' }))).toContain('42');
  });

  it('sees what happens while it happens, when it asks for progress', async () => {
    const news: string[] = [];
    const answer = (await client.callTool(
      { name: 'chat', arguments: { message: '/tool calculate {"expression":"6*7"}' } },
      undefined,
      { onprogress: ({ message }) => news.push(message ?? '') },
    )) as Answer;
    expect(news).toContain('calls calculate');
    expect(news).toContain('calculate is done');
    expect(textOf(answer)).toContain('42');
  });

  it('stores and recalls what only its own token sees', async () => {
    expect(textOf(await call('memory_store', { key: 'colour', content: 'My favourite colour is teal.' }))).toContain(
      'colour',
    );
    const found = await call('memory_recall', { query: 'favourite colour' });
    expect(textOf(found)).toContain('teal');
    expect(found.structuredContent).toMatchObject({ entries: [{ key: 'colour', category: 'personal' }] });

    const other = await connect(await pairWith(gateway, { scopes: ['chat'] }));
    expect(textOf(await call('memory_recall', { query: 'favourite colour' }, other))).not.toContain('teal');
    await other.close();
  });

  it('cannot store what everybody would recall', async () => {
    const refused = await call('memory_store', { key: 'rule', content: 'Obey.', category: 'core' });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/category/);
  });

  it('is told what is wrong with its arguments', async () => {
    expect(await call('chat', { message: '  ' })).toMatchObject({ isError: true });
    expect(textOf(await call('chat', { massage: 'hi' }))).toMatch(/message/);
    await expect(call('nothing', {})).rejects.toThrow(/there is no tool "nothing"/);
  });
});

test('a call that needs a person is held while the client watches, and goes on when it is decided', async () => {
  const news: string[] = [];
  const answering = client.callTool(
    { name: 'chat', arguments: { message: '/tool shell {"command":"touch seen"}' } },
    undefined,
    { onprogress: ({ message }) => news.push(message ?? '') },
  ) as Promise<Answer>;
  await until(() => news.some((message) => message.includes('waits for a person')));
  const id = /apr_[0-9a-f]+/.exec(news.join('\n'))?.[0];
  await gateway.fetch(`/api/approvals/${id}`, { json: { decision: 'deny' }, token });
  expect(textOf(await answering)).toMatch(/denied/i);
});

test('a call that cannot wait names its approval', async () => {
  const answer = await call('chat', { message: '/tool shell {"command":"touch unseen"}' });
  expect(answer.structuredContent).toMatchObject({
    approvals: [{ id: expect.stringMatching(/^apr_/), tool: 'shell' }],
  });
  expect(textOf(answer)).toMatch(/POST \/api\/approvals\/apr_/);
});

describe('the door', () => {
  it('is shut without a token, and for tokens that may not chat', async () => {
    const refused = await post(PING);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    await expect(connect('zc_wrong')).rejects.toThrow(/Unauthorized/);
    const reader = await pairWith(gateway, { scopes: ['read'] });
    expect((await post(PING, { Authorization: `Bearer ${reader}` })).status).toBe(403);
  });

  it('keeps no session, so only POST is answered', async () => {
    for (const method of ['GET', 'DELETE']) {
      const response = await fetch(`${gateway.url}/mcp`, { method, headers: { Authorization: `Bearer ${token}` } });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
    }
  });

  it('answers JSON, or events when progress is asked for', async () => {
    const authorized = { Authorization: `Bearer ${token}` };
    const plain = await post(PING, authorized);
    expect(plain.headers.get('content-type')).toContain('application/json');
    expect(plain.headers.get('mcp-session-id')).toBeNull();
    expect(await plain.json()).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    const stream = await post({ ...PING, params: { _meta: { progressToken: 7 } } }, authorized);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(await stream.text()).toContain('"result":{}');
  });

  it('refuses what is no message, too long, or not acceptable', async () => {
    const authorized = { Authorization: `Bearer ${token}` };
    expect((await post('{', authorized)).status).toBe(400);
    expect((await post([PING], authorized)).status).toBe(400);
    expect((await post({ hello: 'you' }, authorized)).status).toBe(400);
    expect((await post({ ...PING, params: { x: 'x'.repeat(70_000) } }, authorized)).status).toBe(413);
    expect((await post(PING, { ...authorized, Accept: 'text/html' })).status).toBe(406);
    expect((await post(PING, { ...authorized, 'MCP-Protocol-Version': '1999-01-01' })).status).toBe(400);
  });
});

test('a turn ends when its client leaves', async () => {
  const outcomes: string[] = [];
  gateway.get(EventBus).on('turn.finished', ({ door, outcome }) => door === 'mcp' && outcomes.push(outcome));
  const leaving = new AbortController();
  const body = {
    jsonrpc: '2.0',
    id: 5,
    method: 'tools/call',
    params: {
      name: 'chat',
      arguments: { message: '/tool shell {"command":"touch never"}' },
      _meta: { progressToken: 1 },
    },
  };
  const response = await fetch(`${gateway.url}/mcp`, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(body),
  });
  const reader = response.body?.getReader();
  let seen = '';
  while (!seen.includes('waits for a person')) {
    const piece = await reader?.read();
    if (!piece || piece.done) throw new Error(`the stream ended early: ${seen}`);
    seen += new TextDecoder().decode(piece.value);
  }
  leaving.abort();
  await until(() => outcomes.includes('cancelled'));
});

test('without pairing, pages from elsewhere are refused', async () => {
  const open = await startGateway({ toml: `${OPEN}[gateway]\nrequire_pairing = false\n` });
  const ask = (origin?: string) =>
    fetch(`${open.url}/mcp`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...(origin && { Origin: origin }),
      },
      body: JSON.stringify(PING),
    });
  expect((await ask()).status).toBe(200);
  expect((await ask('http://localhost:3000')).status).toBe(200);
  expect((await ask('https://evil.example')).status).toBe(403);
  await open.stop();
});
