import { listenTo } from '../../support/event-stream';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { until } from '../../support/until';

let gateway: GatewayUnderTest;

beforeEach(async () => (gateway = await startGateway({ toml: 'default_provider = "echo"\n' })));
afterEach(() => gateway.stop());

test('a job is told when it begins and when it has ended, with the run of the agent, and without its words', async () => {
  const token = await gateway.pair();
  const stream = await listenTo(gateway.url, { token, query: '?types=cron_run,agent_end' });
  const json = { name: 'the morning', schedule: '0 7 1 1 *', prompt: 'private words' };
  const added = (await (await gateway.fetch('/api/cron', { json, token })).json()) as { job: { id: string } };
  await gateway.fetch(`/api/cron/${added.job.id}/run`, { method: 'POST', token });
  const end = await stream.wait('cron_run', ({ status }) => status !== 'running');
  await until(() => stream.of('agent_end').length === 1);

  const job = { job_id: added.job.id, kind: 'prompt', trigger: 'hand', due_at: null, name: 'the morning' };
  expect(stream.of('cron_run')[0]).toMatchObject({ ...job, status: 'running' });
  expect(end).toMatchObject({ ...job, id: stream.of('cron_run')[0]?.['id'], duration_ms: expect.any(Number) });
  expect(end['run_id']).toBe(stream.of('agent_end')[0]?.['run_id']);
  expect(stream.raw).not.toContain('private words');
  stream.leave();
});
