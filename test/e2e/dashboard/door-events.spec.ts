// First: it puts itself on the roster.
import { signPigeon } from '../../support/pigeon';
import { listenTo } from '../../support/event-stream';
import { startPlatform } from '../../support/platform-server';
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

test('a message of a channel is told from its arrival to its answer, without its words and its sender', async () => {
  const platform = await startPlatform();
  await gateway.stop();
  const table = `[channels_config.pigeon]\nsecret = "coo-coo-coo"\napi_base_url = "${platform.url}"\n`;
  gateway = await startGateway({ toml: `default_provider = "echo"\n${table}` });
  const stream = await listenTo(gateway.url, { token: await gateway.pair(), query: '?types=channel_message' });
  const messages = [{ id: 'm1', from: 'sender-of-it', text: 'private words', at: Date.now() }];
  const body = JSON.stringify({ messages });
  const headers = { 'content-type': 'application/json', ...signPigeon(body, 'coo-coo-coo') };
  for (let time = 0; time < 2; time++) await fetch(`${gateway.url}/pigeon`, { method: 'POST', body, headers });
  await stream.wait('channel_message', ({ outcome }) => outcome === 'sent');
  await stream.wait('channel_message', ({ outcome }) => outcome === 'duplicate');

  const told = stream.of('channel_message');
  expect(new Set(told.map(({ channel }) => channel))).toEqual(new Set(['pigeon']));
  const steps = told.filter(({ outcome }) => outcome !== 'duplicate');
  expect(steps.map(({ direction, outcome }) => `${String(direction)} ${String(outcome)}`).sort()).toEqual([
    'inbound answered',
    'inbound received',
    'outbound queued',
    'outbound sent',
  ]);
  expect(stream.raw).not.toMatch(/private words|sender-of-it/);
  stream.leave();
  await platform.stop();
});
