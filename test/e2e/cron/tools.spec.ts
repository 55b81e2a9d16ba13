import { CRON_TOML, startCron } from '../../support/cron';
import type { CronUnderTest, JobBody } from '../../support/cron';

let cron: CronUnderTest;

beforeEach(async () => (cron = await startCron()));
afterEach(() => cron.stop());

/** What the tool says, by way of the agent. */
async function tool(name: string, args: object, token?: string): Promise<string> {
  const message = `/tool ${name} ${JSON.stringify(args)}`;
  const response = await cron.fetch('/api/chat', { json: { message }, ...(token !== undefined && { token }) });
  return ((await response.json()) as { reply: string }).reply;
}
const jobs = async () => ((await (await cron.fetch('/api/cron')).json()) as { jobs: JobBody[] }).jobs;

it.each<[object, object]>([
  [{ schedule: '0 9 * * 1' }, { schedule: '0 9 * * 1', timezone: 'UTC' }],
  [
    { schedule: { kind: 'cron', expr: '0 9 * * 1', tz: 'Europe/Berlin' } },
    { schedule: '0 9 * * 1', timezone: 'Europe/Berlin' },
  ],
  [{ schedule: { kind: 'at', at: '2090-01-01T00:00:00Z' } }, { at: '2090-01-01T00:00:00.000Z' }],
  [{ schedule: { kind: 'every', every_ms: 300_000 } }, { every_ms: 300_000 }],
  [{ every_ms: 60_000, deliver_to: { session: 's' } }, { deliver_to: { session: 's' } }],
])('cron_add takes %j', async (when, expected) => {
  expect(await tool('cron_add', { prompt: 'hi', ...when })).toContain('"prompt":"hi"');
  expect(await jobs()).toMatchObject([expected]);
});

it('shows, changes, starts, tells of and removes jobs', async () => {
  await tool('cron_add', { prompt: 'hi', every_ms: 60_000, name: 'tea' });
  const [job] = await jobs();
  const id = job?.id ?? '';
  expect(await tool('cron_list', {})).toContain('"name": "tea"');
  await tool('cron_update', { job_id: id, patch: { name: 'cake', enabled: false } });
  expect(await jobs()).toMatchObject([{ name: 'cake', enabled: false }]);
  expect(await tool('cron_run', { job_id: id })).toContain('running');
  await cron.ended(id);
  expect(await tool('cron_runs', { job_id: id })).toContain('"status": "ok"');
  expect(await tool('cron_remove', { job_id: id })).toContain(`Removed cron job ${id}`);
  expect(await jobs()).toEqual([]);
});

it('knows only the jobs of the person it talks to, even if that is an admin', async () => {
  const [one, two] = [await cron.pair(), await cron.pair()];
  await tool('cron_add', { prompt: 'hi', every_ms: 60_000 }, one);
  const [job] = await jobs();
  expect(await tool('cron_list', {}, two)).toContain('[]');
  expect(await tool('cron_remove', { job_id: job?.id }, two)).toContain('There is no job');
});

it('tells the model what is wrong', async () => {
  expect(await tool('cron_add', { prompt: 'hi', schedule: '61 * * * *' })).toContain('not a cron expression');
  expect(await tool('cron_add', { prompt: 'hi' })).toContain('exactly one of `schedule`');
  expect(await tool('cron_add', { command: 'curl x', every_ms: 60_000 })).toContain('allowed_commands');
  expect(await tool('cron_add', { prompt: 'hi', every_ms: 60_000, colour: 1 })).toContain('arguments are wrong');
  expect(await jobs()).toEqual([]);
});

it('has none of this when it is off', async () => {
  await cron.stop();
  cron = await startCron({ toml: `${CRON_TOML}enabled = false\n` });
  const { tools } = (await (await cron.fetch('/api/tools')).json()) as { tools: { name: string }[] };
  expect(tools.filter(({ name }) => name.startsWith('cron_'))).toEqual(
    expect.not.arrayContaining([{ reason: undefined }]),
  );
  expect(await tool('cron_list', {})).not.toContain('got:');
});
