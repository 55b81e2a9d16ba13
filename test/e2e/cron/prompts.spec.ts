import type { ServerResponse } from 'node:http';
import { startCron } from '../../support/cron';
import type { CronUnderTest } from '../../support/cron';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';
import { until } from '../../support/until';

let cron: CronUnderTest;
let upstream: RawUpstream;
/** What the model host does, one after the other; the last one stays. */
let steps: ((response: ServerResponse) => void)[];

const says = (content: string) => (response: ServerResponse) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(
    JSON.stringify({
      usage: { prompt_tokens: 1, completion_tokens: 1 },
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    }),
  );
};
const calls = (name: string, args: object) => (response: ServerResponse) => {
  const call = { id: 'c1', type: 'function', function: { name, arguments: JSON.stringify(args) } };
  response.setHeader('Content-Type', 'application/json');
  response.end(
    JSON.stringify({
      choices: [{ index: 0, message: { role: 'assistant', tool_calls: [call] }, finish_reason: 'tool_calls' }],
    }),
  );
};
const fails = (status: number) => (response: ServerResponse) => {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end('{"error":{"message":"no"}}');
};

beforeEach(async () => {
  steps = [says('All is well')];
  upstream = await startRawUpstream((response) => (steps.length > 1 ? steps.shift() : steps[0])?.(response));
  cron = await startCron({
    toml: `
default_provider = "upstream"
default_model = "gpt-test"
[model_providers.upstream]
base_url = "${upstream.url}/v1"
api_key = "sk-upstream-secret"
[reliability]
provider_retries = 0
circuit_failure_threshold = 0
[autonomy]
non_cli_excluded_tools = []
[cron]
min_prompt_interval_secs = 1
[channels_config.linq]
api_token = "t"
from_phone = "+12025551234"
signing_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
api_base_url = "${upstream.url}"
`,
  });
});
afterEach(async () => {
  await cron.stop();
  await upstream.stop();
});

const once = async (parts: object = {}) => {
  const job = await cron.add({ prompt: 'How is the house?', at: '2090-01-01T00:00:00Z', name: 'watch', ...parts });
  await cron.fetch(`/api/cron/${job.id}/run`, { method: 'POST' });
  const [run] = await cron.ended(job.id);
  return { job, run };
};
const session = async (id: string) => (await cron.fetch(`/api/sessions/${id}`)).text();

it('is said in a session of the job, and the run tells which agent run it was', async () => {
  const { job, run } = await once();

  expect(run).toMatchObject({ status: 'ok', output: 'All is well', error: null });
  const said = JSON.parse(upstream.requests[0]?.body ?? '') as { messages: { role: string; content: string }[] };
  expect(said.messages.at(-1)?.content).toContain(`[cron:${job.id} watch] How is the house?`);
  expect(await session(`cron_${job.id}`)).toContain('All is well');
  const agentRun = await cron.fetch(`/api/runs/${run?.run_id}`);
  expect(await agentRun.text()).toContain('"cron"');
});

it('goes into the session it names', async () => {
  await once({ session_id: 'home' });
  expect(await session('home')).toContain('How is the house?');
});

it('is delivered to a session, but not when the answer is NO_REPLY', async () => {
  await once({ deliver_to: { session: 'inbox' } });
  expect(await session('inbox')).toContain('All is well');
  steps = [says(' no_reply\n')];
  expect((await once({ deliver_to: { session: 'quiet' } })).run).toMatchObject({ status: 'ok' });
  expect((await cron.fetch('/api/sessions/quiet')).status).toBe(404);
});

it('is delivered to a channel', async () => {
  const { run } = await once({ deliver_to: { channel: 'linq', conversation: 'chat-1' } });
  expect(run).toMatchObject({ status: 'ok', error: null });
  await until(() => upstream.requests.some(({ body }) => body.includes('All is well') && !body.includes('How is')));
});

it('tries again within the same run when the host fails in passing', async () => {
  steps = [fails(503), says('Back again')];
  const { run } = await once();
  expect(run).toMatchObject({ status: 'ok', output: 'Back again' });
  expect(upstream.requests).toHaveLength(2);
});

it('does not try again what will fail again, or what has acted already', async () => {
  steps = [fails(400)];
  expect((await once()).run).toMatchObject({
    status: 'error',
    output: null,
    error: expect.stringContaining('upstream'),
  });
  expect(upstream.requests).toHaveLength(1);

  steps = [calls('current_time', {}), fails(503)];
  expect((await once()).run).toMatchObject({ status: 'error' });
  expect(upstream.requests).toHaveLength(3);
});

it('waits for nobody: calls that need a person are in the run', async () => {
  steps = [calls('cron_remove', { job_id: 'x' }), says('Somebody has to allow it')];
  const { run } = await once();
  expect(run).toMatchObject({ status: 'ok', approvals: [{ tool: 'cron_remove', id: expect.any(String) }] });
});
