import { createHmac, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBus } from '../../../src/platform/events/event-bus';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGithub } from '../../support/github-server';
import type { GithubServer } from '../../support/github-server';
import { fixture } from '../../support/channel';
import { until } from '../../support/until';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';

const LIST = '/repos/Codertocat/Hello-World/issues/1/comments';
const SECRET = 'a secret of the webhook';
const PUBLIC_TOOLS = ['calculate', 'current_time', 'memory_recall'];

let models: MockModels;
let github: GithubServer;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  models = await startMockModels();
  await models.answer({ match: { userMessage: 'Say where you are' }, response: { content: 'Here, in the thread.' } });
});
afterAll(() => models.stop());

beforeEach(async () => {
  github = await startGithub(({ path }) => (path === '/user' ? { json: { login: 'acme-bot' } } : undefined));
  gateway = await startGateway({ toml: toml() });
});
afterEach(async () => {
  await gateway.stop();
  await github.stop();
});

function toml(more = ''): string {
  return `default_provider = "custom:${models.url}/v1"
default_model = "m"
api_key = "k"
[channels_config]
max_message_age_secs = 0
[channels_config.github]
webhook_secret = "${SECRET}"
access_token = "github_pat_for_tests"
api_base_url = "${github.url}"
allowed_repos = ["codertocat/*"]
${more}`;
}

/** A published payload, a comment that says `body`, as the webhook of a repository or of an App delivers it. */
function delivery(body: string, more: Record<string, unknown> = {}): string {
  const payload = JSON.parse(fixture('github', 'issue_comment.created.json').toString()) as Record<string, unknown>;
  return JSON.stringify({ ...payload, ...more, comment: { ...(payload['comment'] as object), body } });
}

async function deliver(body: string, { event = 'issue_comment', id = randomUUID() as string, secret = SECRET } = {}) {
  const response = await fetch(`${gateway.url}/github`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

const answers = () => (github.comments.get(LIST) ?? []).map(({ body }) => body.split('\n').slice(1).join('\n'));

it('answers a comment once, however often and by whichever webhook it comes', async () => {
  const ask = '/zeroclaw Say where you are';
  expect(await deliver(delivery(ask))).toEqual({ status: 200, body: { status: 'ok', handled: true } });
  await until(() => answers().length === 1);
  expect(answers()).toEqual(['Here, in the thread.']);
  expect(await deliver(delivery(ask, { installation: { id: 1 } }), { id: '72d3162e' })).toEqual({
    status: 200,
    body: { status: 'duplicate', idempotent: true, delivery_id: '72d3162e' },
  });
  const [seen] = await models.requests();
  expect(JSON.stringify(seen?.body)).toContain('[GitHub issue_comment] repo=Codertocat/Hello-World issue=#1');
  expect(answers()).toHaveLength(1);
});

it('answers once when GitHub takes the answer and nobody hears so', async () => {
  const outcomes: string[] = [];
  gateway.get(EventBus).on('channel.message', ({ direction, outcome }) => {
    if (direction === 'outbound') outcomes.push(outcome);
  });
  github.loseNextAnswer();
  await deliver(delivery('/zeroclaw Say where you are'));
  await until(() => outcomes.includes('sent'));
  expect(outcomes).toEqual(['queued', 'retry', 'sent']);
  expect(answers()).toEqual(['Here, in the thread.']);
  expect(github.posts()).toHaveLength(1);
});

it('recalls what was said in the thread, and nothing that is not for all its readers', async () => {
  const secret = { key: 'codename', content: 'The codename of the rocket is Sparrow', category: 'core' };
  expect((await gateway.fetch('/api/memory', { json: secret })).status).toBeLessThan(300);
  await models.reset();
  await models.answer({ match: { userMessage: 'rocket' }, response: { content: 'No idea.' } });
  await gateway.fetch('/api/chat', { json: { message: 'What is the codename of the rocket?' } });
  await deliver(delivery('/zeroclaw what is the codename of the rocket?'));
  await until(() => answers().length === 1);
  const asked = (await models.requests()).map(({ body }) => JSON.stringify(body));
  expect(asked.map((body) => [body.includes('[GitHub'), body.includes('Sparrow')])).toEqual([
    [false, true],
    [true, false],
  ]);
});

it('has only tools for everybody in a thread, whatever else is open', async () => {
  await gateway.stop();
  const open = '[autonomy]\nlevel = "full"\nnon_cli_excluded_tools = []\n';
  gateway = await startGateway({ toml: toml(open) });
  await mkdir(join(gateway.dir, 'workspace'), { recursive: true });
  await writeFile(join(gateway.dir, 'workspace', 'notes.md'), 'The owner lives in Lisbon.');
  await models.reset();
  const look = { id: 'call_1', name: 'file_read', arguments: '{"path":"notes.md"}' };
  await models.answer(
    { match: { toolCallId: 'call_1' }, response: { content: 'I have looked.' } },
    { match: { userMessage: 'Where does' }, response: { toolCalls: [look] } },
  );
  const offered = (body: unknown) =>
    (body as { tools: { function: { name: string } }[] }).tools.map((tool) => tool.function.name).toSorted();

  await gateway.fetch('/api/chat', { json: { message: 'Where does the owner live?' } });
  const alone = (await models.requests()).map(({ body }) => body);
  expect(offered(alone[0])).toEqual(
    expect.arrayContaining(['shell', 'file_read', 'content_search', 'cron_list', 'memory_forget']),
  );
  expect(JSON.stringify(alone[1])).toContain('Lisbon');

  await deliver(delivery('/zeroclaw Where does the owner live?'));
  await until(() => answers().length === 1);
  const inPublic = (await models.requests()).slice(alone.length).map(({ body }) => body);
  expect(inPublic.map(offered)).toEqual([PUBLIC_TOOLS, PUBLIC_TOOLS]);
  expect(JSON.stringify(inPublic)).not.toContain('Lisbon');
  expect(JSON.stringify(inPublic[1])).toContain('there is no tool');
});

it('has those in a thread that the operator names', async () => {
  const given = '[autonomy]\npublic_tools = ["file_*", "shell"]\n';
  await gateway.stop();
  gateway = await startGateway({ toml: toml(given) });
  await deliver(delivery('/zeroclaw Say where you are'));
  await until(() => answers().length === 1);
  const asked = (await models.requests()).at(-1);
  // What is closed for all callers stays so.
  expect(asked?.body).toMatchObject({ tools: [{ function: { name: 'file_read' } }] });
});

it('says what a request lacks that names no event', async () => {
  expect(await deliver(delivery('/zeroclaw hello'), { event: '' })).toMatchObject({
    status: 400,
    body: { error: 'Missing X-GitHub-Event header' },
  });
});

it('does not answer its own answer', async () => {
  await deliver(delivery('/zeroclaw Say where you are'));
  await until(() => answers().length === 1);
  const [{ body: own } = { body: '' }] = github.comments.get(LIST) ?? [];
  expect(await deliver(delivery(`${own}\n/zeroclaw`))).toEqual({ status: 200, body: { status: 'ok', handled: false } });
});

it('says what GitHub expects of pings, strangers and wrong secrets', async () => {
  const ping = fixture('github', 'ping.json').toString();
  expect(await deliver(ping, { event: 'ping' })).toEqual({ status: 200, body: { status: 'ok', handled: false } });
  expect(await deliver(delivery('just talking'))).toEqual({ status: 200, body: { status: 'ok', handled: false } });
  expect(await deliver(ping, { event: 'ping', secret: 'wrong' })).toMatchObject({
    status: 401,
    body: { error: 'Invalid signature' },
  });
  expect(await deliver('{', { event: 'ping' })).toMatchObject({ status: 400, body: { error: 'Invalid JSON payload' } });
  expect(await deliver(ping, { event: '' })).toMatchObject({ status: 400 });
});

it('is not there without its table', async () => {
  const bare = await startGateway();
  const response = await fetch(`${bare.url}/github`, { method: 'POST', body: '{}' });
  expect([response.status, await response.json()]).toEqual([
    404,
    expect.objectContaining({ error: 'GitHub channel not configured' }),
  ]);
  await bare.stop();
});
