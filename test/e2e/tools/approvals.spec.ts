import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { spawnGateway } from '../../support/gateway-process';
import { pairWith, postPair, steerTime } from '../../support/pairing-client';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const OPEN = `default_provider = "echo"
[autonomy]
non_cli_excluded_tools = []
`;

interface ApprovalBody {
  id: string;
  status: string;
  tool: string;
  arguments: Record<string, unknown>;
  note: string | null;
  decided_by: string | null;
}

let gateway: GatewayUnderTest;
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.stop();
});

const say = async (message: string, more: Record<string, unknown> = {}, token?: string) => {
  const response = await gateway.fetch('/api/chat', {
    json: { message, ...more },
    ...(token !== undefined && { token }),
  });
  return (await response.json()) as { reply: string; approvals?: { id: string; tool: string; expires_at: string }[] };
};
const touch = (name: string) => `/tool shell ${JSON.stringify({ command: `touch ${name}` })}`;
const inWorkspace = (name: string) => join(gateway.dir, 'workspace', name);
const approvals = async (query = '', token?: string) => {
  const response = await gateway.fetch(`/api/approvals${query}`, token === undefined ? {} : { token });
  return ((await response.json()) as { approvals: ApprovalBody[] }).approvals;
};
const decide = (id: string, decision: string, more: Record<string, unknown> = {}, token?: string) =>
  gateway.fetch(`/api/approvals/${id}`, { json: { decision, ...more }, ...(token !== undefined && { token }) });

describe('a call of medium risk, at a door that cannot wait', () => {
  beforeEach(async () => {
    gateway = await startGateway({ toml: OPEN });
  });

  it('is not made, and the answer names the approval that is pending', async () => {
    const answer = await say(touch('x'));
    expect(answer.reply).toMatch(/waits for a person, approval apr_[0-9a-f]{14}\. .*POST \/api\/approvals\/apr_/);
    const [approval] = await approvals('?status=pending');
    expect(answer.approvals).toEqual([{ id: approval?.id, tool: 'shell', expires_at: expect.any(String) }]);
    expect(approval).toMatchObject({
      status: 'pending',
      tool: 'shell',
      arguments: { command: 'touch x' },
      risk: 'medium',
      door: 'api_chat',
      session_id: null,
      reason: expect.stringContaining('medium risk'),
    });
    expect(existsSync(inWorkspace('x'))).toBe(false);
    // Asked again, it is the same question.
    expect((await say(touch('x'))).reply).toContain(approval?.id);
    expect(await approvals()).toHaveLength(1);
  });

  it('goes through once after it was approved, and only the very same call of the same owner and session', async () => {
    const [mine, other] = [await gateway.pair(), await pairWith(gateway, { scopes: ['chat'] })];
    const says = async (token: string, name: string, session: string) =>
      (await say(touch(name), { session_id: session }, token)).reply;
    await says(mine, 'x', 's');
    const [approval] = await approvals('', mine);
    const answer = await decide(approval?.id ?? '', 'approve', {}, mine);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'approved',
      decided_by: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await says(other, 'x', 's')).toContain('waits for a person');
    expect(await says(mine, 'x', 't')).toContain('waits for a person');
    expect(await says(mine, 'y', 's')).toContain('waits for a person');
    expect(existsSync(inWorkspace('x'))).toBe(false);
    expect(await says(mine, 'x', 's')).toContain('[exit code 0]');
    expect(existsSync(inWorkspace('x'))).toBe(true);
    expect(await says(mine, 'x', 's')).toContain('waits for a person');
  });

  it.each([
    ['/api/chat', { message: touch('x') }],
    ['/v1/chat/completions', { model: 'zeroclaw', messages: [{ role: 'user', content: touch('x') }] }],
    ['/v1/chat/completions', { model: 'zeroclaw', stream: true, messages: [{ role: 'user', content: touch('x') }] }],
  ])('%s: the same request with the same idempotency key finds the decision', async (path, json) => {
    const send = async () => {
      const response = await gateway.fetch(path, { json, headers: { 'Idempotency-Key': 'one' } });
      return response.text();
    };
    expect(await send()).toMatch(/waits/);
    await decide((await approvals())[0]?.id ?? '', 'approve');
    expect(await send()).toMatch(/exit/);
    expect(await send()).toMatch(/exit/);
    expect(await approvals()).toHaveLength(1);
  });

  it('stays refused after it was denied, and the model learns why', async () => {
    await say(touch('x'));
    const [approval] = await approvals();
    await decide(approval?.id ?? '', 'deny', { note: 'not on a Friday' });
    expect((await say(touch('x'))).reply).toMatch(/denied this call, saying: not on a Friday/);
    expect(await approvals('?status=denied')).toHaveLength(1);
    expect(existsSync(inWorkspace('x'))).toBe(false);
  });

  it('lets the first of two answers win', async () => {
    await say(touch('x'));
    const [approval] = await approvals();
    const answers = await Promise.all(['approve', 'deny', 'approve'].map((what) => decide(approval?.id ?? '', what)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const late = answers.find(({ status }) => status === 409);
    expect(await late?.json()).toMatchObject({
      code: 'approvals.decided',
      error: expect.stringContaining('first answer'),
    });
  });

  it('expires, and so does a decision that nobody has used', async () => {
    await gateway.fetch('/health');
    const pass = steerTime(gateway);
    await say(touch('x'));
    await say(touch('y'));
    const [y, x] = await approvals();
    await decide(y?.id ?? '', 'approve');
    pass(301_000);
    expect((await decide(x?.id ?? '', 'approve')).status).toBe(409);
    expect((await approvals('?status=expired')).map(({ id }) => id)).toEqual([x?.id]);
    expect((await say(touch('y'))).reply).toContain('waits for a person');
    expect(existsSync(inWorkspace('y'))).toBe(false);
  });

  it('is shown without secrets, and without characters that hide what is there', async () => {
    const content = `password = "hunter2hunter2" \u202egnol`;
    await say(`/tool file_write ${JSON.stringify({ path: 'x', content })}`);
    const text = await (await gateway.fetch('/api/approvals')).text();
    expect(text).not.toContain('hunter2');
    expect(text).toContain('file_write');
    expect((await approvals())[0]?.arguments['content']).toContain('\\u{202e}');
  });

  it('piles up only so far', async () => {
    for (let n = 0; n < 20; n++) await say(touch(`f${n}`));
    expect((await say(touch('one-more'))).reply).toContain('too many calls wait');
    expect(await approvals('?status=pending')).toHaveLength(20);
  });
});

describe('who may look and decide', () => {
  beforeEach(async () => {
    gateway = await startGateway({ toml: OPEN });
  });

  it('is up to the scopes of the token: chat sees its own and decides nothing', async () => {
    const [chat, reader] = [
      await pairWith(gateway, { scopes: ['chat'] }),
      await pairWith(gateway, { scopes: ['read'] }),
    ];
    await say(touch('hers'));
    await say(touch('mine'), {}, chat);
    const mine = await approvals('', chat);
    expect(mine.map(({ arguments: args }) => args)).toEqual([{ command: 'touch mine' }]);
    const seen = await approvals('', reader);
    expect(seen).toHaveLength(2);
    // A reader sees that calls wait, not what they are about.
    expect(seen.map(({ tool, status }) => [tool, status])).toEqual([
      ['shell', 'pending'],
      ['shell', 'pending'],
    ]);
    const secret = { arguments: null, reason: null, owner: null, session_id: null };
    expect(seen).toEqual([expect.objectContaining(secret), expect.objectContaining(secret)]);
    const hers = seen.find(({ id }) => id !== mine[0]?.id);
    expect((await gateway.fetch(`/api/approvals/${hers?.id}`, { token: chat })).status).toBe(404);
    expect((await gateway.fetch(`/api/approvals/${mine[0]?.id}`, { token: chat })).status).toBe(200);
    expect((await decide(mine[0]?.id ?? '', 'approve', {}, chat)).status).toBe(403);
    expect((await decide(mine[0]?.id ?? '', 'approve', {}, reader)).status).toBe(403);
    expect((await fetch(`${gateway.url}/api/approvals`)).status).toBe(401);
  });

  it.each([
    ['/api/approvals?status=open', undefined, 400, /status/],
    ['/api/approvals?limit=0', undefined, 400, /limit/],
    ['/api/approvals/apr_none', { decision: 'approve' }, 404, /no approval/],
    ['/api/approvals/apr_none', { decision: 'maybe' }, 400, /decision/],
    ['/api/approvals/apr_none', {}, 400, /decision/],
    ['/api/approvals/apr_none', { decision: 'deny', note: 'x'.repeat(501) }, 400, /note/],
  ])('%s with %j is answered with %s', async (path, json, status, reason) => {
    const response = await gateway.fetch(path, json === undefined ? {} : { json });
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: string }).error).toMatch(reason);
  });

  it('is never the model: an argument that says so changes nothing', async () => {
    const { reply } = await say('/tool shell {"command":"touch x","approved":true}');
    expect(reply).toMatch(/arguments are wrong/);
    expect(await approvals()).toEqual([]);
  });
});

describe('a call at a door that can wait', () => {
  beforeEach(async () => {
    gateway = await startGateway({ toml: OPEN });
  });

  const stream = (message: string, signal?: AbortSignal) =>
    gateway.fetch('/api/chat', { json: { message, stream: true }, ...(signal && { signal }) });
  const pending = async () => {
    await until(async () => (await approvals('?status=pending')).length > 0);
    return (await approvals('?status=pending'))[0]?.id ?? '';
  };

  it.each([
    ['approve', true, /\[exit code 0\]/],
    ['deny', false, /a person has denied this call/],
  ])('is held until somebody says %s', async (decision, made, result) => {
    const response = await stream(touch('x'));
    const id = await pending();
    await decide(id, decision);
    const text = await response.text();
    expect(text).toMatch(new RegExp(`event: approval\\ndata: {"id":"${id}","tool":"shell","expires_at":"[^"]+"}`));
    expect(/event: tool_result\ndata: (.*)/.exec(text)?.[1]).toMatch(result);
    expect(text).toContain('event: done');
    expect(existsSync(inWorkspace('x'))).toBe(made);
  });

  it('goes on with a reason when nobody answers in time', async () => {
    const pass = steerTime(gateway);
    const response = await stream(touch('x'));
    const id = await pending();
    pass(300_000);
    expect(await response.text()).toMatch(/nobody decided about this call in time/);
    expect((await approvals('?status=expired'))[0]?.id).toBe(id);
  });

  it('is off the list when the caller has left', async () => {
    const controller = new AbortController();
    const response = await stream(touch('x'), controller.signal);
    const id = await pending();
    controller.abort();
    await response.text().catch(() => '');
    await until(async () => (await approvals('?status=expired')).some((approval) => approval.id === id));
    expect((await decide(id, 'approve')).status).toBe(409);
    expect(existsSync(inWorkspace('x'))).toBe(false);
  });

  it('is counted', async () => {
    const response = await stream(touch('x'));
    await decide(await pending(), 'approve');
    await response.text();
    await say('/tool shell {"command":"cat /etc/passwd"}');
    await say('/tool shell {"command":"rm x"}');
    const metrics = await (await gateway.fetch('/metrics')).text();
    expect(metrics).toContain('zeroclaw_approvals_total{outcome="requested"} 1');
    expect(metrics).toContain('zeroclaw_approvals_total{outcome="approved"} 1');
    expect(metrics).toContain('zeroclaw_tool_refusals_total{reason="path"} 1');
    expect(metrics).toContain('zeroclaw_tool_refusals_total{reason="command"} 1');
    expect(metrics).toContain('zeroclaw_tool_actions_last_hour 1');
    expect(metrics).toContain('zeroclaw_tool_actions_limit 100');
  });
});

describe('a gateway that is killed while a call is held', () => {
  // Two processes start, on machines that may be busy.
  it('asks nobody about it any more, and keeps what was asked without waiting', async () => {
    gateway = await startGateway({ toml: OPEN });
    const folder = await tempDir();
    await writeFile(join(folder.path, 'config.toml'), OPEN, { mode: 0o600 });
    await mkdir(join(folder.path, 'workspace'));
    let child = await spawnGateway({ dir: folder.path });
    try {
      const token = String((await postPair(child.url, child.code())).body['token']);
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const chat = (body: object) =>
        fetch(`${child.url}/api/chat`, { method: 'POST', headers, body: JSON.stringify(body) });
      const list = async () =>
        ((await (await fetch(`${child.url}/api/approvals`, { headers })).json()) as { approvals: ApprovalBody[] })
          .approvals;
      await (await chat({ message: touch('unheld') })).text();
      const held = chat({ message: touch('held'), stream: true })
        .then((response) => response.text())
        .catch(() => 'cut');
      await until(async () => (await list()).length === 2);
      await child.kill('SIGKILL');
      await held;
      child = await spawnGateway({ dir: folder.path });
      const after = (await list()).map(({ status, arguments: args }) => [args['command'], status]);
      expect(after).toEqual([
        ['touch held', 'expired'],
        ['touch unheld', 'pending'],
      ]);
      expect(existsSync(join(folder.path, 'workspace', 'held'))).toBe(false);
    } finally {
      await child.kill('SIGTERM');
      await folder.remove();
    }
  }, 60_000);
});

describe('the autonomy level', () => {
  it.each([
    ['full', 'made at once', true, /\[exit code 0\]/],
    ['supervised', 'held', false, /waits for a person/],
  ])('%s: a call of medium risk is %s', async (level, _, made, reply) => {
    gateway = await startGateway({ toml: `${OPEN}level = "${level}"\n` });
    expect((await say(touch('x'))).reply).toMatch(reply);
    expect(existsSync(inWorkspace('x'))).toBe(made);
  });

  it.each(['readonly', 'read_only'])('%s: tools that act are not there, others are', async (level) => {
    gateway = await startGateway({ toml: `${OPEN}level = "${level}"\n` });
    await mkdir(join(gateway.dir, 'workspace'), { recursive: true });
    await writeFile(inWorkspace('a.txt'), 'hello');
    expect((await say('/tool file_read {"path":"a.txt"}')).reply).toContain('1: hello');
    expect((await say(touch('x'))).reply).toContain('You said');
    const { tools } = (await (await gateway.fetch('/api/tools')).json()) as { tools: Record<string, unknown>[] };
    expect(tools.find(({ name }) => name === 'shell')).toMatchObject({
      enabled: false,
      reason: expect.stringMatching(/readonly/),
    });
  });

  it.each([
    ['always_ask = ["file_read"]', '/tool file_read {"path":"a.txt"}', /waits for a person/],
    ['level = "full"\nalways_ask = ["shell"]', touch('x'), /waits for a person/],
    ['auto_approve = ["sh*"]', touch('x'), /\[exit code 0\]/],
    ['require_approval_for_medium_risk = false', touch('x'), /\[exit code 0\]/],
    [
      'allowed_commands = ["rm"]\nblock_high_risk_commands = false\nrequire_approval_for_medium_risk = false',
      '/tool shell {"command":"rm x"}',
      /waits for a person/,
    ],
    ['allowed_commands = ["rm"]\nlevel = "full"', '/tool shell {"command":"rm x"}', /high-risk command/],
  ])('with %j', async (toml, message, reply) => {
    gateway = await startGateway({ toml: `${OPEN}${toml}\n` });
    expect((await say(message)).reply).toMatch(reply);
  });
});

describe('the budget of actions', () => {
  it('counts acting calls over requests and restarts, and says when one is free', async () => {
    const toml = `${OPEN}level = "full"\nmax_actions_per_hour = 2\n`;
    const folder = await tempDir();
    gateway = await startGateway({ toml, dir: folder.path });
    await say('/tool file_write {"path":"a.txt","content":"a"}');
    await say('/tool file_read {"path":"a.txt"}');
    await gateway.stop();
    gateway = await startGateway({ dir: folder.path });
    expect((await say(touch('b'))).reply).toContain('[exit code 0]');
    expect((await say(touch('c'))).reply).toMatch(/used up its 2 actions of the last hour.*free in \d+ min/);
    expect((await say('/tool file_read {"path":"a.txt"}')).reply).toContain('1: a');
    expect(existsSync(inWorkspace('c'))).toBe(false);
    const pass = steerTime(gateway);
    pass(3_600_000);
    expect((await say(touch('c'))).reply).toContain('[exit code 0]');
    await folder.remove();
  });

  it('lets no burst through', async () => {
    gateway = await startGateway({ toml: `${OPEN}level = "full"\nmax_actions_per_hour = 3\n` });
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => say(`/tool file_write ${JSON.stringify({ path: `f${n}`, content: 'x' })}`)),
    );
    const made = Array.from({ length: 8 }, (_, n) => existsSync(inWorkspace(`f${n}`))).filter(Boolean);
    expect(made).toHaveLength(3);
  });
});

describe('the list of tools', () => {
  it.each([
    ['[agent]\ndenied_tools = ["calculate"]', /denied_tools names it/],
    ['[agent]\nallowed_tools = ["current_time"]', /allowed_tools does not name it/],
    ['[autonomy]\nnon_cli_excluded_tools = ["calc*"]', /non_cli_excluded_tools/],
  ])('says why a tool is off: %j', async (toml, reason) => {
    gateway = await startGateway({ toml: `default_provider = "echo"\n${toml}\n` });
    const { tools } = (await (await gateway.fetch('/api/tools')).json()) as { tools: Record<string, unknown>[] };
    expect(tools.find(({ name }) => name === 'calculate')).toMatchObject({
      enabled: false,
      reason: expect.stringMatching(reason),
    });
    expect(tools.find(({ name }) => name === 'current_time')).toMatchObject({ enabled: true });
    expect((await say('/tool calculate {"expression":"6*7"}')).reply).not.toContain('42');
  });
});

describe('out of the box', () => {
  beforeEach(async () => {
    gateway = await startGateway({ toml: 'default_provider = "echo"\n' });
  });

  it('callers get the tools that look, and the list says how to open the others', async () => {
    const { tools } = (await (await gateway.fetch('/api/tools')).json()) as { tools: Record<string, unknown>[] };
    const enabled = tools.filter(({ enabled: on }) => on === true).map(({ name }) => name);
    expect(enabled).toEqual(
      expect.arrayContaining([
        'calculate',
        'content_search',
        'current_time',
        'file_read',
        'glob_search',
        'memory_recall',
      ]),
    );
    for (const name of ['shell', 'file_write', 'file_edit', 'memory_store', 'memory_forget']) {
      expect(tools.find((tool) => tool['name'] === name)).toMatchObject({
        enabled: false,
        reason: expect.stringMatching(/non_cli_excluded_tools .* take it out of that list/),
      });
    }
    expect(tools.find(({ name }) => name === 'file_read')).toEqual({
      name: 'file_read',
      description: expect.stringContaining('10 MiB'),
      parameters: expect.objectContaining({ type: 'object' }),
      risk: 'low',
      enabled: true,
      source: 'builtin',
    });
    const chat = await pairWith(gateway, { scopes: ['chat'] });
    expect((await gateway.fetch('/api/tools', { token: chat })).status).toBe(403);
  });

  it('a message about a local file loads no file', async () => {
    await mkdir(join(gateway.dir, 'workspace'), { recursive: true });
    await writeFile(inWorkspace('pic.png'), 'PIXELS-OF-THE-FILE');
    const { reply } = await say(`[IMAGE:${inWorkspace('pic.png')}] what is on it?`);
    expect(reply).toContain('[IMAGE:');
    expect(reply).not.toContain('PIXELS');
  });

  it('what a tool says is scrubbed, when it succeeds and when it fails', async () => {
    await mkdir(join(gateway.dir, 'workspace'), { recursive: true });
    const key = `ghp_${'a1B2c3D4e5'.repeat(4)}`;
    await writeFile(inWorkspace('a.txt'), `token ${key}`);
    expect((await say('/tool file_read {"path":"a.txt"}')).reply).toMatch(/1: token \[REDACTED/);
    expect((await say(`/tool file_read {"path":"${key}"}`)).reply).not.toContain(key);
    expect(await readFile(inWorkspace('a.txt'), 'utf8')).toContain(key);
  });
});
