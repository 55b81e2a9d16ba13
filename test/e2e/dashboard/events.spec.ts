import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Clock } from '../../../src/platform/clock';
import { listenTo } from '../../support/event-stream';
import type { EventStream } from '../../support/event-stream';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { until } from '../../support/until';

const TOML = 'default_provider = "echo"\n[autonomy]\nnon_cli_excluded_tools = []\n';

describe('GET /api/events', () => {
  let gateway: GatewayUnderTest;
  let admin: string;
  let streams: EventStream[];

  beforeEach(async () => {
    gateway = await startGateway({ toml: TOML });
    admin = await gateway.pair();
    streams = [];
  });
  afterEach(async () => {
    for (const stream of streams) stream.leave();
    jest.restoreAllMocks();
    await gateway.stop();
  });

  const listen = async (query = '', token = admin) => {
    const stream = await listenTo(gateway.url, { token, query });
    streams.push(stream);
    return stream;
  };
  const post = (path: string, json: object, token = admin) => gateway.fetch(path, { json, token });
  const say = (message: string, fields: object = {}, token = admin) => post('/api/chat', { message, ...fields }, token);
  const pairWith = async (grant: object) => {
    const { code } = (await (await post('/api/pairing/codes', grant)).json()) as { code: string };
    const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
    return ((await paired.json()) as { token: string }).token;
  };

  it('is a stream that no proxy holds back, in plain messages', async () => {
    const stream = await listen();
    await say('hi');
    await stream.wait('agent_end');

    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.response.headers).not.toHaveProperty('content-encoding');
    expect(stream.raw).toMatch(/^retry: \d+\nid: [0-9a-f]{12}-\d+\n\n/);
    expect(stream.raw).not.toContain('event:');
  });

  it('tells a turn with its model calls and tools, as ZeroClaw does and more', async () => {
    const stream = await listen();
    await say('/tool calculate {"expression":"6*7"}', { session_id: 'trip' });
    const end = await stream.wait('agent_end');
    const types = stream.events.map(({ type }) => type);

    expect(types[0]).toBe('agent_start');
    expect(types.filter((type) => type.startsWith('tool'))).toEqual(['tool_call_start', 'tool_call', 'tool_result']);
    expect(types.indexOf('llm_request')).toBeLessThan(types.indexOf('llm_response'));
    expect(types.at(-1)).toBe('agent_end');
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    const run = {
      run_id: end['run_id'],
      door: 'api_chat',
      session_id: 'trip',
      owner: expect.stringMatching(/^\w{16}$/),
    };
    expect(stream.of('agent_start')).toEqual([{ provider: 'echo', model: 'echo', ...run, timestamp }]);
    expect(stream.of('tool_call_start')).toEqual([{ tool: 'calculate', ...run, timestamp }]);
    expect(stream.of('tool_call')).toEqual([
      { tool: 'calculate', duration_ms: expect.any(Number), success: true, ...run, timestamp },
    ]);
    expect(stream.of('llm_request')[0]).toEqual({ provider: 'echo', model: 'echo', timestamp });
    expect(stream.of('llm_response')[0]).toMatchObject({ provider: 'echo', outcome: 'ok', success: true });
    expect(end).toMatchObject({
      provider: 'echo',
      model: 'echo',
      duration_ms: expect.any(Number),
      tokens_used: expect.any(Number),
      outcome: 'ok',
      ...run,
      timestamp,
    });
    expect(end).toHaveProperty('cost_usd');
  });

  it('tells an approval from the question to the answer', async () => {
    const stream = await listen('?types=approval');
    const write = `/tool file_write ${JSON.stringify({ path: 'a.txt', content: 'private words' })}`;
    const answer = say(write, { stream: true });
    const { id } = await stream.wait('approval');
    await post(`/api/approvals/${String(id)}`, { decision: 'deny', note: 'private reasons' });
    await (await answer).text();
    await stream.wait('approval', ({ action }) => action === 'decided');

    expect(stream.of('approval')).toMatchObject([
      { action: 'requested', id, tool: 'file_write', risk: expect.any(String), door: 'api_chat' },
      { action: 'decided', id, tool: 'file_write', outcome: 'denied', decided_by: expect.stringMatching(/^\w{16}$/) },
    ]);
    expect(stream.raw).not.toContain('private');
  });

  it('tells pairing, and changes of the configuration without their values', async () => {
    const stream = await listen('?types=pairing,config_changed');
    await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': 'AAAA-AAAA' } });
    const token = await pairWith({ name: 'phone' });
    const { device_id: device } = await stream.wait('pairing', ({ action }) => action === 'paired');
    await gateway.fetch(`/api/pairing/devices/${String(device)}`, { method: 'DELETE', token: admin });
    const file = join(gateway.dir, 'config.toml');
    await writeFile(file, `api_key = "sk-very-secret-key"\n${await readFile(file, 'utf8')}`);
    const byHand = await stream.wait('config_changed', ({ keys }) => String(keys).includes('api_key'));
    const byRequest = await stream.wait('config_changed', ({ keys }) => String(keys).includes('paired_tokens'));
    expect(byHand).not.toHaveProperty('request_id');
    expect(byRequest).toMatchObject({ request_id: expect.stringMatching(/^[\w-]{36}$/), changed: 1 });

    expect(stream.of('pairing')).toMatchObject([
      { action: 'failed', reason: 'invalid', client: '127.0.0.1' },
      { action: 'code_issued', by: expect.stringMatching(/^\w{16}$/) },
      { action: 'paired', device_id: device },
      { action: 'revoked', device_id: device },
    ]);
    expect(stream.raw).not.toMatch(new RegExp(`secret|AAAA|${token}|[0-9a-f]{64}`));
  });

  it('tells a host that fails and the turn that failed for it, without the secrets of its words', async () => {
    await gateway.stop();
    const toml = `default_provider = "custom:http://127.0.0.1:9"\ndefault_model = "m/1"\napi_key = "sk-0123456789abcdef"\n`;
    gateway = await startGateway({ toml });
    admin = await gateway.pair();
    const stream = await listen();
    const others = await listen('', await pairWith({ scopes: ['read'] }));
    expect((await say('hi')).status).toBe(502);
    const end = await stream.wait('agent_end');
    await stream.wait('error', ({ component }) => component === 'gateway');

    expect(end).toMatchObject({ outcome: 'error', model: 'm/1', tokens_used: null, cost_usd: null });
    expect(stream.of('llm_response')[0]).toMatchObject({ outcome: 'connection', success: false, model: 'm/1' });
    expect(stream.of('error')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ component: 'provider', code: 'provider.connection', message: expect.any(String) }),
        expect.objectContaining({ component: 'gateway', code: 'provider.connection', run_id: end['run_id'] }),
      ]),
    );
    expect(stream.raw).not.toContain('0123456789abcdef');
    // What a turn failed of can tell of its words, so it is for its owner.
    const message = 'A turn failed: provider.connection';
    expect(await others.wait('error', ({ component }) => component === 'gateway')).toMatchObject({ message });
    expect(stream.of('error').at(-1)?.['message']).not.toBe(message);
  });

  it('filters by type and refuses one that there is not', async () => {
    const stream = await listen('?types=agent_start,agent_end&types=error');
    await say('/tool calculate {"expression":"1+1"}');
    await stream.wait('agent_end');
    expect(stream.events.map(({ type }) => type)).toEqual(['agent_start', 'agent_end']);

    for (const query of ['?types=agent_start,everything', '?types=', '?last_event_id=a&last_event_id=b']) {
      const refused = await gateway.fetch(`/api/events${query}`, { token: admin });
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
        400,
        'request.invalid_field',
      ]);
    }
    const refused = await gateway.fetch('/api/events?types=agent_start,everything', { token: admin });
    expect(await refused.text()).toContain('\\"everything\\"');
  });

  it('takes the scope read, and tells others who it was only when they are admins', async () => {
    const reader = await pairWith({ scopes: ['read', 'chat'] });
    const chatter = await pairWith({ scopes: ['chat'] });
    expect((await gateway.fetch('/api/events', { token: chatter })).status).toBe(403);
    expect((await fetch(`${gateway.url}/api/events`)).status).toBe(401);

    const stream = await listen('', reader);
    await say('hi', { session_id: 'of-the-admin' });
    await pairWith({ name: 'phone' });
    await say('hi', { session_id: 'my-own' }, reader);
    await until(() => stream.of('agent_end').length === 2);

    const [others, own] = stream.of('agent_end');
    expect(others).toMatchObject({ outcome: 'ok', run_id: expect.any(String) });
    expect(others).not.toHaveProperty('owner');
    expect(others).not.toHaveProperty('session_id');
    expect(own).toMatchObject({ session_id: 'my-own', owner: expect.any(String) });
    for (const event of stream.of('pairing')) expect(Object.keys(event).sort()).toEqual(['action', 'timestamp']);
  });

  it('answers HEAD without a stream', async () => {
    const response = await gateway.fetch('/api/events', { method: 'HEAD', token: admin });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('ends at once for a token that is revoked, and for no other', async () => {
    const phone = await pairWith({ name: 'phone' });
    const mine = await listen();
    const theirs = await listen('', phone);
    const { devices } = (await (await gateway.fetch('/api/pairing/devices', { token: admin })).json()) as {
      devices: { id: string; name: string | null }[];
    };
    const id = devices.find(({ name }) => name === 'phone')?.id;
    await gateway.fetch(`/api/pairing/devices/${id}`, { method: 'DELETE', token: admin });
    await until(() => theirs.over, 900);
    await say('after');
    await mine.wait('agent_end');

    expect(theirs.of('agent_start')).toEqual([]);
    expect(mine.over).toBe(false);
  });

  it('ends for a token that expires', async () => {
    const guest = await pairWith({ expires_in_days: 1 });
    const stream = await listen('', guest);
    const other = await listen();
    const tomorrow = Date.now() + 86_400_001;
    jest.spyOn(gateway.get(Clock), 'now').mockReturnValue(tomorrow);
    await until(() => stream.over);
    expect(other.over).toBe(false);
  });

  it('takes no more than so many clients, and one again when one has left', async () => {
    await gateway.stop();
    gateway = await startGateway({ toml: `${TOML}[events]\nmax_subscribers = 2\n` });
    admin = await gateway.pair();
    const first = await listen();
    await listen();
    const refused = await gateway.fetch('/api/events', { token: admin });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await refused.json()).toMatchObject({ code: 'events.too_many_subscribers' });

    first.leave();
    await until(() =>
      listen().then(
        () => true,
        () => false,
      ),
    );
    const metrics = await (await gateway.fetch('/metrics', { token: admin })).text();
    expect(metrics).toContain('zeroclaw_event_subscribers 2');
  });

  it('is refused while the gateway stops, and ends before the last turn does', async () => {
    const stream = await listen();
    const answer = say('/tool file_write {"path":"a.txt","content":"b"}', { stream: true });
    const { id } = await stream.wait('approval');
    const stopped = gateway.stop();
    await until(() => stream.over);
    expect(stream.complete).toBe(true);
    const refused = await gateway.fetch('/api/events', { token: admin });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'gateway.draining']);
    await post(`/api/approvals/${String(id)}`, { decision: 'deny' });
    expect(await (await answer).text()).toContain('event: done');
    await stopped;
    gateway = await startGateway({ toml: TOML });
  });

  it('does not hold up a stop, and ends properly after the last event', async () => {
    const open = await Promise.all(Array.from({ length: 20 }, () => listen()));
    await say('last words');
    const started = performance.now();
    await gateway.stop();

    expect(performance.now() - started).toBeLessThan(10_000);
    await until(() => open.every(({ over }) => over));
    for (const stream of open) {
      expect(stream.complete).toBe(true);
      expect(stream.events.at(-1)?.type).toBe('agent_end');
    }
    gateway = await startGateway({ toml: TOML });
  });
});
