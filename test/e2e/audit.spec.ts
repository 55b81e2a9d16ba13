import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditRetention } from '../../src/audit/audit-retention';
import { Clock } from '../../src/platform/clock';
import { EventBus } from '../../src/platform/events/event-bus';
import { startGateway } from '../support/gateway';
import type { GatewayUnderTest } from '../support/gateway';
import { tempDir } from '../support/temp-dir';
import { until } from '../support/until';

interface Entry {
  id: string;
  at: string;
  type: string;
  owner: string | null;
  target: string | null;
  outcome: string;
  door: string | null;
  request_id: string | null;
  detail: string | null;
}

let gateway: GatewayUnderTest;

beforeEach(async () => (gateway = await startGateway({ toml: 'default_provider = "echo"\n' })));
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.stop();
});

async function page(query = ''): Promise<{ entries: Entry[]; next_cursor: string | null }> {
  const response = await gateway.fetch(`/api/audit${query}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as { entries: Entry[]; next_cursor: string | null };
}
const entriesOf = async (type: string) => (await page(`?type=${type}`)).entries;
const say = (message: string, fields: object = {}) => gateway.fetch('/api/chat', { json: { message, ...fields } });

describe('the audit log', () => {
  it('tells whose turn it was, at which door, in which session and how it ended', async () => {
    const answer = await say('a secret question', { session_id: 'trip' });

    const [turn, ...others] = await entriesOf('turn');

    expect(others).toEqual([]);
    expect(turn).toMatchObject({
      type: 'turn',
      target: 'trip',
      outcome: 'ok',
      door: 'api_chat',
      detail: 'echo/echo',
      request_id: answer.headers.get('x-request-id'),
    });
    expect(turn?.owner).toMatch(/^[0-9a-f]{16}$/);
    expect(Date.now() - Date.parse(turn?.at ?? '')).toBeLessThan(60_000);
  });

  it('tells each call of a tool, and nothing of what was said to it or by it', async () => {
    await say('/tool calculate {"expression":"6*7"}');
    await say('my password is hunter2');

    const { entries } = await page();

    expect(entries.filter(({ type }) => type === 'tool')).toMatchObject([
      { target: 'calculate', outcome: 'ok', door: 'api_chat', owner: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/hunter2|6\*7|42"/);
  });

  it('tells who was let in, who tried, who gave out codes and who threw whom out', async () => {
    const admin = await gateway.pair();
    const wrong = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': 'AAAA-AAAA' } });
    expect(wrong.status).toBe(403);
    await gateway.fetch('/api/pairing/codes', { method: 'POST', token: admin });
    await gateway.fetch('/api/audit', { token: admin });
    const { devices } = (await (await gateway.fetch('/api/pairing/devices')).json()) as { devices: { id: string }[] };
    const [device] = devices;
    const revoked = await gateway.fetch(`/api/pairing/devices/${device?.id}`, { method: 'DELETE' });
    expect(revoked.status).toBe(200);
    const again = await gateway.pair();

    const response = await gateway.fetch('/api/audit', { token: again });
    const { entries } = (await response.json()) as { entries: Entry[] };
    const of = (type: string) => entries.filter((entry) => entry.type === type);

    expect(of('pairing.paired').length).toBeGreaterThanOrEqual(2);
    expect(of('pairing.failed')).toMatchObject([{ outcome: 'denied', target: '127.0.0.1', detail: 'invalid' }]);
    expect(of('pairing.code_issued').filter(({ owner }) => owner !== null)).toMatchObject([
      { detail: expect.stringContaining('admin') },
    ]);
    expect(of('pairing.device_revoked')).toMatchObject([{ target: device?.id, outcome: 'ok' }]);
    expect(JSON.stringify(entries)).not.toMatch(/zcl_live|AAAA|[0-9a-f]{64}/);
  });

  it('tells which keys of the configuration were changed, and no values', async () => {
    await page();
    const file = join(gateway.dir, 'config.toml');
    await writeFile(file, `api_key = "sk-very-secret-key"\n${await readFile(file, 'utf8')}`);
    const changed = async () => (await entriesOf('config.changed')).filter(({ target }) => target === 'api_key');

    await until(async () => (await changed()).length > 0);

    expect(await changed()).toMatchObject([{ outcome: 'ok', owner: null, door: null, detail: 'file' }]);
    expect(JSON.stringify(await page())).not.toContain('sk-very-secret-key');
  });

  it('tells who changed the configuration over the API', async () => {
    const body = JSON.stringify({ audit: { retention_days: 5 } });
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const answer = await gateway.fetch('/api/config', { method: 'PATCH', body, headers });

    const [entry] = (await entriesOf('config.changed')).filter(({ target }) => target === 'audit.retention_days');
    expect(entry).toMatchObject({
      outcome: 'ok',
      owner: expect.stringMatching(/^[0-9a-f]{16}$/),
      detail: 'api',
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('tells what a person decided about a tool', async () => {
    const notice = {
      id: 'ap_1',
      owner: 'anna',
      sessionId: undefined,
      door: 'api_chat',
      tool: 'shell',
      risk: 'high',
    } as const;
    const events = gateway.get(EventBus);
    await page();
    events.emit('approval.requested', notice);
    events.emit('approval.decided', { ...notice, outcome: 'denied', decidedBy: 'bob' });
    events.emit('tool.refused', { ...notice, reason: 'approval_denied' });

    expect((await page('?limit=3')).entries).toMatchObject([
      { type: 'tool.refused', owner: 'anna', target: 'shell', outcome: 'denied', detail: 'approval_denied' },
      { type: 'approval.decided', owner: 'bob', target: 'ap_1', outcome: 'denied', detail: 'shell' },
      { type: 'approval.requested', owner: 'anna', target: 'ap_1', outcome: 'pending', detail: 'shell high' },
    ]);
  });

  it('is read in pages, the newest first, by type and by owner', async () => {
    for (const session of ['one', 'two', 'three', 'four', 'five']) await say('hi', { session_id: session });
    const targets: (string | null)[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const found: Awaited<ReturnType<typeof page>> = await page(`?type=turn&limit=2${cursor && `&cursor=${cursor}`}`);
      expect(found.entries.length).toBeLessThanOrEqual(2);
      targets.push(...found.entries.map(({ target }) => target));
      cursor = found.next_cursor;
    }
    expect(targets).toEqual(['five', 'four', 'three', 'two', 'one']);

    const [turn] = await entriesOf('turn');
    expect((await page(`?owner=${turn?.owner}&type=turn`)).entries).toHaveLength(5);
    expect((await page('?owner=nobody')).entries).toEqual([]);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'cursor=abc', 'type=everything', 'owner=a&owner=b'])(
    'refuses %s',
    async (query) => {
      const response = await gateway.fetch(`/api/audit?${query}`);

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'request.invalid_field' });
    },
  );

  it('is for admins only', async () => {
    const response = await gateway.fetch('/api/pairing/codes', { json: { scopes: ['chat', 'read'] } });
    const { code } = (await response.json()) as { code: string };
    const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
    const { token } = (await paired.json()) as { token: string };

    expect((await gateway.fetch('/api/audit', { token })).status).toBe(403);
    expect((await fetch(`${gateway.url}/api/audit`)).status).toBe(401);
  });

  it('forgets entries that are older than it has to', async () => {
    await say('hi');
    expect(await entriesOf('turn')).toHaveLength(1);
    const retention = gateway.get(AuditRetention);
    const later = (days: number) =>
      jest.spyOn(gateway.get(Clock), 'now').mockReturnValue(Date.now() + days * 86_400_000);

    later(89);
    await retention.run();
    expect(await entriesOf('turn')).toHaveLength(1);

    later(91);
    await retention.run();
    expect(await entriesOf('turn')).toEqual([]);
  });

  it('is kept over a restart, and has what was noted right before the stop', async () => {
    const dir = await tempDir();
    const first = await startGateway({ toml: 'default_provider = "echo"\n', dir: dir.path });
    await first.fetch('/webhook', { json: { message: 'hi' } });
    await first.stop();

    const second = await startGateway({ dir: dir.path });
    const response = await second.fetch('/api/audit?type=turn');
    expect(await response.json()).toMatchObject({ entries: [{ door: 'webhook', outcome: 'ok' }], next_cursor: null });
    await second.stop();
    await dir.remove();
  });

  it('can be switched off', async () => {
    await gateway.stop();
    gateway = await startGateway({ toml: 'default_provider = "echo"\n[audit]\nenabled = false\n' });
    await say('hi');

    expect((await page()).entries).toEqual([]);
  });
});
