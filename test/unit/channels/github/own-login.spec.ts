import { generateKeyPairSync } from 'node:crypto';
import { GithubConfig } from '../../../../src/channels/github/github.config';
import { GithubModule } from '../../../../src/channels/github/github.module';
import { EventBus } from '../../../../src/platform/events/event-bus';
import { channelRequest, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { startPlatform } from '../../../support/platform-server';
import type { PlatformCall, PlatformServer, Trick } from '../../../support/platform-server';
import { until } from '../../../support/until';

const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
const APP = `app_id = 1\nprivate_key = ${JSON.stringify(key)}`;

let github: PlatformServer;
let events: EventBus;
let tested: ChannelUnderTest | undefined;
let answer: (call: PlatformCall) => Trick;

beforeEach(async () => {
  events = new EventBus();
  answer = ({ path }) => ({ json: path === '/app' ? { slug: 'acme-app' } : { login: 'Acme-Bot' } });
  github = await startPlatform((call) => answer(call));
});
afterEach(async () => {
  await tested?.stop();
  await github.stop();
});

const table = (credentials = 'access_token = "github_pat_1"') => `webhook_secret = "s3cret"
api_base_url = "${github.url}"
allowed_repos = ["*"]
${credentials}`;

async function start(text = table()): Promise<ChannelUnderTest> {
  tested = await startChannel({ module: GithubModule, config: GithubConfig }, { table: text, events });
  return tested;
}

/** What the watcher of config.toml does after a change. */
const configChanged = () => events.emit('config.changed', { keys: ['channels_config.github'], needRestart: [] });

/** Whether a comment with that text, by that account, starts a turn. */
function hears({ channel }: ChannelUnderTest, body: string, login = 'a-person'): boolean {
  const payload = {
    action: 'created',
    repository: { full_name: 'acme/rocket' },
    issue: { number: 7, title: 't' },
    comment: { id: 1, body, user: { login, type: 'User' }, author_association: 'OWNER' },
  };
  const request = channelRequest(JSON.stringify(payload), { 'x-github-event': 'issue_comment' });
  return channel.parse(request)?.messages.length === 1;
}

it('asks whose the token is at start, and listens to that name', async () => {
  const started = await start();
  await until(() => hears(started, '@acme-bot hello'));
  expect(github.calls).toMatchObject([{ method: 'GET', path: '/user' }]);
  expect(github.calls[0]?.headers.authorization).toBe('Bearer github_pat_1');
  expect(hears(started, '/zeroclaw hello', 'acme-bot')).toBe(false);
});

it('asks how the App is called', async () => {
  const started = await start(table(APP));
  await until(() => hears(started, '@acme-app hello'));
  expect(github.calls).toMatchObject([{ method: 'GET', path: '/app' }]);
});

it.each([
  ['the login is written', () => `${table()}\nlogin = "acme-bot"`],
  ['no repository is allowed', () => table().replace('["*"]', '[]')],
  ['there is nobody to ask for', () => table('')],
])('asks nobody when %s', async (_what, text) => {
  await start(text());
  await tested?.reconfigure(`${text()}\ncommand = "/ask"`);
  configChanged();
  expect(github.calls).toEqual([]);
});

it.each<[string, Trick]>([
  ['is down', { status: 503 }],
  ['refuses', { status: 403, json: { message: 'Resource not accessible by integration' } }],
  ['says nothing of use', { json: { login: '.*' } }],
  ['hangs up', 'cut'],
])('starts all the same when GitHub %s, and knows once it does not', async (_what, trick) => {
  answer = () => trick;
  const started = await start();
  await until(() => github.calls.length > 0);
  expect(hears(started, '@acme-bot hello')).toBe(false);
  expect(hears(started, '/zeroclaw hello')).toBe(true);
  answer = () => ({ json: { login: 'acme-bot' } });
  await until(() => {
    configChanged();
    return hears(started, '@acme-bot hello');
  });
});

it('asks again by itself, half a minute later', async () => {
  // Only the clock that the retry waits by: sockets keep theirs.
  jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] });
  try {
    answer = () => ({ status: 503 });
    const started = await start();
    await until(() => github.calls.length === 1);
    answer = () => ({ json: { login: 'acme-bot' } });
    await until(() => {
      jest.advanceTimersByTime(1_000);
      return hears(started, '@acme-bot hello');
    });
  } finally {
    jest.useRealTimers();
  }
});

it('is nobody any more under other credentials, until it has asked again', async () => {
  const started = await start();
  await until(() => hears(started, '@acme-bot hello'));
  answer = () => 'stall';
  await started.reconfigure(table('access_token = "github_pat_2"'));
  expect(hears(started, '@acme-bot hello')).toBe(false);
  expect(hears(started, '/zeroclaw hello')).toBe(true);
  answer = () => ({ json: { login: 'other-bot' } });
  configChanged();
  await until(() => hears(started, '@other-bot hello'));
  expect(hears(started, '@acme-bot hello')).toBe(false);
});

it('starts and stops while GitHub does not answer at all', async () => {
  answer = () => 'stall';
  await start();
  await until(() => github.calls.length === 1);
  await tested?.stop();
  tested = undefined;
});
