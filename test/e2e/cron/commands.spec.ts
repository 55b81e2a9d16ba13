import { CRON_TOML, startCron } from '../../support/cron';
import type { CronUnderTest } from '../../support/cron';

let cron: CronUnderTest;

afterEach(() => cron.stop());

const supervised = CRON_TOML.replace('level = "full"', 'level = "supervised"');

async function run(command: string) {
  const { id } = await cron.add({ command, at: '2090-01-01T00:00:00Z' });
  await cron.fetch(`/api/cron/${id}/run`, { method: 'POST' });
  const [done] = await cron.ended(id);
  return done;
}
const refusal = async (command: string) => {
  const response = await cron.fetch('/api/cron', { json: { command, at: '2090-01-01T00:00:00Z' } });
  return [response.status, ((await response.json()) as { error: string }).error];
};

it('a command has its output, its exit code, and neither the secrets nor the environment of the gateway', async () => {
  process.env['CRON_TEST_SECRET'] = 'do-not-tell';
  cron = await startCron();
  expect(await run('echo hello')).toMatchObject({ status: 'ok', output: 'hello\n[exit code 0]' });
  expect(await run('false')).toMatchObject({ status: 'error', error: 'exit code 1' });
  expect((await run('printenv'))?.output).not.toContain('do-not-tell');
  delete process.env['CRON_TEST_SECRET'];
  expect((await run('echo sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789'))?.output).not.toContain('abcdefghijk');
  const long = await run('seq 1 20000');
  expect(long?.output?.length).toBeLessThan(17_000);
  expect(long).toMatchObject({ status: 'ok', output: expect.stringContaining('[cut:') });
  expect((await run(String.raw`printf a\\0b`))?.status).toBe('ok');
});

it('a command is ended when its time is up', async () => {
  cron = await startCron({ toml: `${CRON_TOML}shell_timeout_secs = 1\n` });
  expect(await run('sleep 30')).toMatchObject({ status: 'error', error: 'ended after 1 s' });
});

it('a command has to pass the policy, when it is written', async () => {
  cron = await startCron();
  expect(await refusal('curl http://x')).toMatchObject([403, expect.stringContaining('allowed_commands')]);
  expect(await refusal('echo $HOME')).toMatchObject([403, expect.any(String)]);
  expect(await refusal('cat /etc/passwd')).toMatchObject([403, expect.stringContaining('path')]);
  await cron.stop();
  cron = await startCron({ toml: CRON_TOML.replace('level = "full"', 'level = "readonly"') });
  expect(await refusal('echo a')).toMatchObject([403, expect.stringContaining('readonly')]);
  await cron.stop();
  cron = await startCron({ toml: 'default_provider = "echo"\n' });
  expect(await refusal('ls')).toMatchObject([403, expect.stringContaining('non_cli_excluded_tools')]);
});

it('an admin who writes a command has given a word on it; what the agent writes is asked about each time', async () => {
  cron = await startCron({ toml: `${supervised}`.replace('[autonomy]', '[autonomy]\nauto_approve = ["cron_add"]') });
  expect(await run('touch by-admin')).toMatchObject({ status: 'ok' });

  const job = { name: 'cup', command: 'touch by-agent', schedule: { kind: 'at', at: '2090-01-01T00:00:00Z' } };
  const said = await cron.fetch('/api/chat', { json: { message: `/tool cron_add ${JSON.stringify(job)}` } });
  expect(await said.text()).toContain('by-agent');
  const { jobs } = (await (await cron.fetch('/api/cron')).json()) as { jobs: { id: string; name: string }[] };
  const { id } = jobs.find(({ name }) => name === 'cup') ?? { id: '' };
  const start = () => cron.fetch(`/api/cron/${id}/run`, { method: 'POST' });
  await start();
  const [asked] = await cron.ended(id);
  expect(asked).toMatchObject({ status: 'error', approvals: [{ tool: 'shell' }] });

  await cron.fetch(`/api/approvals/${asked?.approvals[0]?.id}`, { json: { decision: 'approve' } });
  await start();
  expect((await cron.ended(id, 2))[0]).toMatchObject({ status: 'ok', approvals: [] });
});
