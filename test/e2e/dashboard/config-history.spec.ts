import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePatch, applyPatch } from 'diff';
import { GatewayConfig } from '../../../src/platform/http/gateway.config';
import { ConfigService } from '../../../src/platform/config/config.service';
import { ConfigClient } from '../../support/config-api';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const TOML = `# ours
default_provider = "echo"
api_key = "sk-first" # top
[gateway]
webhook_rate_limit_per_minute = 100
[webhook]
`;

interface Revision {
  id: string;
  source: string;
  by: string | null;
  note: string | null;
  changed: string[];
}

let gateway: GatewayUnderTest;
const api = new ConfigClient(() => gateway);

beforeEach(async () => {
  gateway = await startGateway({ toml: TOML });
  await api.content();
});
afterEach(() => gateway.stop());

const revisions = async (query = '') =>
  ((await api.ask(`/revisions${query}`)) as unknown as { revisions: Revision[] }).revisions;
const perMinute = () => gateway.get(ConfigService).get(GatewayConfig).webhook_rate_limit_per_minute;
const limit = (count: number) => api.patch({ gateway: { webhook_rate_limit_per_minute: count } });

it('tells who changed what, from where, by which way, without secrets', async () => {
  await limit(5);
  const path = join(gateway.dir, 'config.toml');
  await writeFile(path, `${await api.file()}# a note by hand\n`);
  await until(async () => (await revisions())[0]?.source === 'file');
  await writeFile(path, (await api.file()).replace('sk-first', 'sk-second'));
  await until(async () => (await revisions())[0]?.changed.includes('api_key') ?? false);

  const [rotated, byHand, byApi, paired, start, ...others] = await revisions();

  expect(others).toEqual([]);
  expect(start).toMatchObject({ source: 'start', by: null, changed: [] });
  expect(paired).toMatchObject({ source: 'gateway', by: null, changed: ['gateway.paired_tokens'] });
  expect(byApi).toMatchObject({
    source: 'api',
    by: expect.stringMatching(/^[0-9a-f]{16}$/),
    changed: ['gateway.webhook_rate_limit_per_minute'],
  });
  expect(byHand).toMatchObject({ source: 'file', by: null, changed: [] });
  expect(rotated).toMatchObject({ source: 'file', changed: ['api_key'] });
  const all = await Promise.all((await revisions()).map(({ id }) => api.ask(`/revisions/${id}`)));
  expect(JSON.stringify(all)).not.toMatch(/sk-first|sk-second|[0-9a-f]{64}/);
  const database = await readFile(join(gateway.dir, 'data', 'zeroclaw.db-wal')).catch(() => Buffer.alloc(0));
  expect(database.includes('sk-first')).toBe(false);
});

it('shows what has changed since, and between two', async () => {
  const [before] = await revisions();
  await limit(5);
  const [middle] = await revisions();
  await limit(6);

  const sinceThen = (await api.ask(`/revisions/${before?.id}`)) as unknown as { content: string; diff: string };
  const between = (await api.ask(`/revisions/${before?.id}?against=${middle?.id}`)) as unknown as { diff: string };
  const newest = (await revisions())[0];

  expect(sinceThen.diff).toContain('-webhook_rate_limit_per_minute = 100\n+webhook_rate_limit_per_minute = 6\n');
  expect(applyPatch(sinceThen.content, parsePatch(sinceThen.diff)[0] ?? '')).toBe(await api.content());
  expect(between.diff).toContain('+webhook_rate_limit_per_minute = 5\n');
  expect(await api.ask(`/revisions/${newest?.id}`)).toMatchObject({ against: 'current', diff: '' });
});

it('goes back, secrets keep their present values, tokens stay', async () => {
  const [before] = await revisions();
  await limit(5);
  await api.patch({ api_key: 'sk-second' });
  const other = await gateway.pair();

  const answer = await api.ask(`/revisions/${before?.id}/rollback`, { method: 'POST' });

  expect(answer).toMatchObject({
    said: 'ok',
    changed: ['gateway.webhook_rate_limit_per_minute'],
    emptied: [],
    revision: (await revisions())[0]?.id,
  });
  expect(perMinute()).toBe(100);
  expect(await api.file()).toContain('# ours\ndefault_provider = "echo"\napi_key = "sk-second" # top\n');
  expect((await gateway.fetch('/api/status', { token: other })).status).toBe(200);
  expect((await revisions())[0]).toMatchObject({ source: 'api', note: `rollback to ${before?.id}` });
});

it('leaves a secret empty that is not there any more, and says so', async () => {
  const [before] = await revisions();
  await api.patch({ api_key: null });

  const answer = await api.ask(`/revisions/${before?.id}/rollback`, { method: 'POST' });

  expect(answer).toMatchObject({ said: 'ok', emptied: ['api_key'] });
  expect(await api.file()).toContain('api_key = "" # top');
});

it('goes back only from the state that the caller has seen', async () => {
  const [before] = await revisions();
  const { etag } = await api.ask('');
  await limit(5);

  const headers = { 'If-Match': String(etag) };
  expect(await api.ask(`/revisions/${before?.id}/rollback`, { method: 'POST', headers })).toMatchObject({
    status: 412,
  });
  expect(perMinute()).toBe(5);
});

it.each(['/revisions/999', '/revisions/0', '/revisions/abc', '/revisions/1?against=999'])(
  'knows no %s',
  async (path) => {
    expect(await api.ask(path)).toMatchObject({ status: 404, code: 'config.unknown_revision' });
  },
);

it('is read in pages and keeps only so many', async () => {
  await api.patch({ config_history: { keep: 3 } });
  for (const count of [1, 2, 3]) await limit(count);

  const first = (await api.ask('/revisions?limit=2')) as unknown as { revisions: Revision[]; next_cursor: string };
  const second = (await api.ask(`/revisions?limit=2&cursor=${first.next_cursor}`)) as unknown as typeof first;

  expect(first.revisions).toHaveLength(2);
  expect(second.revisions).toHaveLength(1);
  expect(second.next_cursor).toBeNull();
  expect(await api.ask('/revisions?limit=0')).toMatchObject({ status: 400 });
});

it('notices what changed while no gateway ran, and nothing when nothing did', async () => {
  await gateway.stop();
  const dir = await tempDir();
  gateway = await startGateway({ toml: TOML, dir: dir.path });
  await api.content();
  const before = (await revisions()).length;
  await gateway.stop();
  gateway = await startGateway({ dir: dir.path });
  const token = await gateway.pair();
  const list = async () => {
    const response = await gateway.fetch('/api/config/revisions', { token });
    return ((await response.json()) as { revisions: Revision[] }).revisions;
  };
  expect(await list()).toHaveLength(before + 1);
  await gateway.stop();
  await writeFile(join(dir.path, 'config.toml'), `${await api.file()}# while it slept\n`);
  gateway = await startGateway({ dir: dir.path });

  expect((await list())[0]).toMatchObject({ source: 'start' });
  await gateway.stop();
  gateway = await startGateway({ toml: TOML });
  await dir.remove();
});
