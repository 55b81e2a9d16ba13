import type { CuttableRelay } from '../support/cuttable-relay';
import { startRelay } from '../support/cuttable-relay';
import { describePostgres } from '../support/databases';
import type { GatewayUnderTest } from '../support/gateway';
import { startGateway } from '../support/gateway';
import { until } from '../support/until';

/** The column "database away for a while" of docs/operations.md. */
describePostgres('while the database is away', (_open, database) => {
  let relay: CuttableRelay;
  let gateway: GatewayUnderTest;
  const status = async (path: string, init?: Parameters<GatewayUnderTest['fetch']>[1]) =>
    (await gateway.fetch(path, init)).status;
  const say = (body: object, headers: Record<string, string> = {}) =>
    gateway.fetch('/api/chat', { json: { message: 'Hello!', ...body }, headers });

  beforeEach(async () => {
    const url = new URL(database.options().url ?? '');
    relay = await startRelay(url.hostname, Number(url.port || 5432));
    url.hostname = '127.0.0.1';
    url.port = String(relay.port);
    gateway = await startGateway({ toml: `[storage]\nurl = ${JSON.stringify(url.href)}\n` });
    await say({ session_id: 's' });
    relay.cut();
  });
  afterEach(async () => {
    relay.mend();
    await gateway.stop();
    await relay.stop();
  });

  it('is alive but not ready, knows its tokens, and answers what needs nothing of it', async () => {
    expect(await status('/health/live')).toBe(200);
    expect(await status('/health/ready')).toBe(503);
    expect(await status('/api/status')).toBe(200);
    const stranger = { headers: { Authorization: 'Bearer zcl_live_wrong' } };
    expect((await fetch(`${gateway.url}/api/status`, stranger)).status).toBe(401);
    expect((await say({})).status).toBe(200);
    const json = { messages: [{ role: 'user', content: 'Hello!' }] };
    expect(await status('/v1/chat/completions', { json })).toBe(200);
  });

  it('takes nothing that it could not keep', async () => {
    expect((await say({ session_id: 's' })).status).toBe(500);
    expect((await say({}, { 'Idempotency-Key': 'k' })).status).toBe(500);
    expect(await status('/api/sessions/s/messages', { json: { content: 'Hello!' } })).toBe(500);
    expect(await status('/api/pairing/codes', { method: 'POST' })).toBe(500);
    expect(await status('/api/memory', { json: { key: 'k', content: 'c' } })).toBe(500);
    expect(await status('/api/cron', { json: { every_ms: 3_600_000, prompt: 'Hello!' } })).toBe(500);
  });

  it('goes on where it was when the database is back, and writes down what it had to keep in mind', async () => {
    const meanwhile = (await say({})).headers.get('x-run-id') ?? 'none';
    expect((await say({ session_id: 's' })).status).toBe(500);
    relay.mend();
    await until(async () => (await status('/health/ready')) === 200);
    expect((await say({ session_id: 's' }, { 'Idempotency-Key': 'k' })).status).toBe(200);
    const session = (await (await gateway.fetch('/api/sessions/s')).json()) as { messages: unknown[] };
    expect(session.messages).toHaveLength(4);
    const run = async () => (await (await gateway.fetch('/api/runs?limit=50')).json()) as { runs: { id: string }[] };
    await until(async () => (await run()).runs.some(({ id }) => id === meanwhile));
    const audit = async () => (await gateway.fetch('/api/audit?type=turn')).json() as Promise<{ entries: unknown[] }>;
    await until(async () => (await audit()).entries.length === 4);
  });
});
