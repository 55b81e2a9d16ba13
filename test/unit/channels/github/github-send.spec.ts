import type { Channel } from '../../../../src/channels/core/channel';
import { DeliveryError } from '../../../../src/channels/core/delivery-error';
import { GithubConfig } from '../../../../src/channels/github/github.config';
import { GithubModule } from '../../../../src/channels/github/github.module';
import { channelRequest, part, patient, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { startGithub } from '../../../support/github-server';
import type { GithubServer } from '../../../support/github-server';
import type { Trick } from '../../../support/platform-server';
import { TestClock } from '../../../support/test-clock';
import { until } from '../../../support/until';

const conversation = 'acme/rocket#7';
const LIST = '/repos/acme/rocket/issues/7/comments';
const REVIEW_LIST = '/repos/acme/rocket/pulls/7/comments';

let github: GithubServer;
let tested: ChannelUnderTest;
let channel: Channel;
let clock: TestClock;

const table = (more = '') => `webhook_secret = "s3cret"
access_token = "github_pat_for_tests"
login = "acme-bot"
api_base_url = "${github.url}/"
${more || 'allowed_repos = ["Acme/*"]'}`;

beforeEach(async () => {
  github = await startGithub();
  clock = new TestClock();
  tested = await startChannel({ module: GithubModule, config: GithubConfig }, { table: table(), clock });
  channel = tested.channel;
});
afterEach(async () => {
  await tested.stop();
  await github.stop();
});

const failure = (sent: Promise<void>): Promise<DeliveryError> =>
  sent.then(
    () => Promise.reject(new Error('it was sent')),
    (error: unknown) => (error instanceof DeliveryError ? error : Promise.reject(error)),
  );
/** What the next answer of the API makes of a part. */
const failureAfter = (trick: Trick) => {
  github.next(trick);
  return failure(channel.send(part({ conversation }), patient()));
};
const bodies = (list: string) => (github.comments.get(list) ?? []).map(({ body }) => body.replace(/^<!--.*-->\n/, ''));

describe('an answer', () => {
  it('is a comment in the thread, called for exactly as GitHub asks', async () => {
    await channel.send(part({ conversation, replyTo: 'thread@1557933621000' }), patient());
    expect(github.calls).toHaveLength(1);
    const [call] = github.calls;
    expect(call).toMatchObject({ method: 'POST', path: LIST, status: 201 });
    expect(call?.headers).toMatchObject({
      accept: 'application/vnd.github+json',
      authorization: 'Bearer github_pat_for_tests',
      'content-type': 'application/json',
      'user-agent': 'ZeroClaw-GitHub-Channel',
      'x-github-api-version': '2022-11-28',
    });
    expect(call?.json).toEqual({ body: expect.stringMatching(/^<!-- zeroclaw:[0-9a-f]{32} -->\nhello$/) });
  });

  it('is not hindered by the line break at the end of a secret', async () => {
    await tested.reconfigure(table().replace('github_pat_for_tests', 'github_pat_for_tests\\n'));
    await channel.send(part({ conversation }), patient());
    expect(github.calls[0]?.headers.authorization).toBe('Bearer github_pat_for_tests');
  });

  it('to a review comment stands in its thread', async () => {
    await channel.send(part({ conversation, replyTo: 'review:284312630@1557933637000' }), patient());
    expect(github.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST ${REVIEW_LIST}/284312630/replies`,
    ]);
  });

  it('keeps below the limit of a comment with its marker', async () => {
    const text = 'x'.repeat(channel.limits.maxLength);
    await channel.send(part({ conversation, text }), patient());
    const [{ body } = { body: '' }] = github.comments.get(LIST) ?? [];
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.endsWith(text)).toBe(true);
  });

  it('is ignored when it comes back, even where the agent left a code block open', async () => {
    await tested.reconfigure(table('allowed_repos = ["acme/*"]\nrequire_mention = false'));
    await channel.send(part({ conversation, text: '```\n/zeroclaw @acme-bot' }), patient());
    const [{ body } = { body: '' }] = github.comments.get(LIST) ?? [];
    const payload = {
      action: 'created',
      repository: { full_name: 'acme/rocket' },
      issue: { number: 7, title: 't' },
      comment: { id: 1, body, user: { login: 'a-person', type: 'User' }, author_association: 'OWNER' },
    };
    const request = channelRequest(JSON.stringify(payload), { 'x-github-event': 'issue_comment' });
    expect(channel.parse(request)).toEqual({ messages: [], ignored: ['own'] });
  });

  it('does not go to a repository that is not allowed any more, nor to what is no thread', async () => {
    await tested.reconfigure(table('allowed_repos = ["acme/other"]'));
    expect(await failure(channel.send(part({ conversation }), patient()))).toMatchObject({
      failure: 'permanent',
      message: 'acme/rocket is not in [channels_config.github].allowed_repos any more',
    });
    for (const wrong of ['acme/rocket', 'acme/../user#1', 'acme/rocket#0', 'acme/rocket#1/../2', 'acme/..#1', '']) {
      expect(await failure(channel.send(part({ conversation: wrong }), patient()))).toMatchObject({
        failure: 'permanent',
      });
    }
    expect(github.calls).toEqual([]);
  });
});

describe('never twice', () => {
  const target = { conversation, id: 'out_9.0', replyTo: `thread@${Date.now() - 60_000}` };

  it.each([
    ['issue', target, LIST],
    ['review', { ...target, replyTo: `review:5@${Date.now() - 60_000}` }, REVIEW_LIST],
    ['answer to nobody', { ...target, replyTo: undefined }, LIST],
  ])('an answer that arrived although nobody heard so is not sent again: %s', async (_what, wanted, list) => {
    github.loseNextAnswer();
    expect(await failure(channel.send(part(wanted), patient()))).toMatchObject({ failure: 'retry' });
    await channel.send(part({ ...wanted, attempt: 1 }), patient());
    await channel.send(part({ ...wanted, attempt: 2 }), patient());
    expect(bodies(list)).toEqual(['hello']);
    expect(github.posts()).toHaveLength(1);
  });

  it('an answer that did not arrive is sent again', async () => {
    github.next('cut');
    expect(await failure(channel.send(part(target), patient()))).toMatchObject({ failure: 'retry' });
    await channel.send(part({ ...target, attempt: 1 }), patient());
    expect(bodies(LIST)).toEqual(['hello']);
  });

  it('looks at what came after the question only, and through all of its pages', async () => {
    github.loseNextAnswer();
    await failure(channel.send(part(target), patient()));
    const posted = github.comments.get(LIST) ?? [];
    const chatter = Array.from({ length: 70 }, (_, i) => ({
      body: `comment ${i}`,
      updated_at: new Date().toISOString(),
    }));
    github.comments.set(LIST, [{ body: 'old', updated_at: '2019-01-01T00:00:00Z' }, ...chatter, ...posted]);
    github.calls.length = 0;
    await channel.send(part({ ...target, attempt: 1 }), patient());
    const pages = github.calls.map(({ method, path }) => [method, new URL(path, github.url).searchParams]);
    expect(pages.map(([method]) => method)).toEqual(['GET', 'GET', 'GET']);
    const since = new Date(Number(target.replyTo.split('@')[1])).toISOString();
    expect(pages.map(([, query]) => String(query))).toEqual(
      [1, 2, 3].map((page) => String(new URLSearchParams({ since, per_page: '30', page: String(page) }))),
    );
  });

  it('is not fooled by the markers of other parts, of other gateways, or in the middle of a text', async () => {
    await channel.send(part({ ...target, id: 'out_8.0' }), patient());
    const [{ body: other } = { body: '' }] = github.comments.get(LIST) ?? [];
    github.loseNextAnswer();
    await failure(channel.send(part(target), patient()));
    const mine = github.comments.get(LIST)?.pop()?.body ?? '';
    github.comments.get(LIST)?.push({ body: `Look: ${mine}`, updated_at: new Date().toISOString() });
    expect(mine).not.toBe(other);
    await channel.send(part({ ...target, attempt: 1 }), patient());
    expect(github.comments.get(LIST)?.at(-1)?.body).toBe(mine);
  });

  it('does not send while it cannot look', async () => {
    github.next({ status: 502 });
    expect(await failure(channel.send(part({ ...target, attempt: 1 }), patient()))).toMatchObject({ failure: 'retry' });
    expect(github.posts()).toEqual([]);
  });

  it('does not take a page of a proxy for an answer of GitHub', async () => {
    github.next({ status: 200, json: '<html>' }, { status: 200, json: '<html>' });
    expect(await failure(channel.send(part(target), patient()))).toMatchObject({ failure: 'retry' });
    expect(await failure(channel.send(part({ ...target, attempt: 1 }), patient()))).toMatchObject({ failure: 'retry' });
    expect(github.taken.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('reads comments of the greatest length, in any script', async () => {
    const long = { body: '𒀀'.repeat(65_536), updated_at: new Date().toISOString() };
    github.loseNextAnswer();
    await failure(channel.send(part(target), patient()));
    github.comments.set(LIST, [...Array.from({ length: 29 }, () => long), ...(github.comments.get(LIST) ?? [])]);
    await channel.send(part({ ...target, attempt: 1 }), patient());
    expect(github.posts()).toHaveLength(1);
  });
});

describe('what its failures mean', () => {
  it.each([
    [404, 'Not Found', 'permanent'],
    [410, 'Issues are disabled for this repo', 'permanent'],
    [422, 'Validation Failed', 'permanent'],
    [403, 'Unable to create comment because issue is locked.', 'permanent'],
    [403, 'Repository was archived so is read-only.', 'permanent'],
    [401, 'Bad credentials', 'credentials'],
    [403, 'Resource not accessible by personal access token', 'permanent'],
    [500, 'Server Error', 'retry'],
    [502, 'Server Error', 'retry'],
    [503, 'Service Unavailable', 'retry'],
  ])('%i %s: %s', async (status, message, expected) => {
    const error = await failureAfter({ status, json: { message } });
    expect(error).toMatchObject({ failure: expected, retryAfterMs: undefined });
    expect(error.message).toContain(`HTTP ${status}: ${message}`);
  });

  it('tells what to do about refused credentials', async () => {
    expect((await failureAfter({ status: 401, json: { message: 'Bad credentials' } })).message).toContain(
      '[channels_config.github].access_token is not valid any more: make a new one',
    );
    expect((await failureAfter({ status: 403, json: { message: 'Resource not accessible' } })).message).toContain(
      'give the token or App write access to issues and pull requests',
    );
  });

  it('does not follow a repository to another name', async () => {
    const moved = { status: 307, headers: { location: `${github.url}/repositories/1/issues/7/comments` } };
    expect(await failureAfter(moved)).toMatchObject({ failure: 'permanent' });
    expect(github.calls).toHaveLength(1);
  });

  it.each([
    ['a secondary limit with a time', 403, { 'retry-after': '60' }, 'You have exceeded a secondary rate limit', 60_000],
    ['a secondary limit without one', 403, {}, 'You have exceeded a secondary rate limit', 60_000],
    ['a secondary limit by 429', 429, {}, 'Too many requests', 60_000],
    ['an old kind of it', 403, {}, 'You have triggered an abuse detection mechanism', 60_000],
    ['comments too quickly', 422, {}, 'Validation Failed: was submitted too quickly', 60_000],
    [
      'the primary limit',
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '+120' },
      'API rate limit exceeded',
      121_000,
    ],
    ['the primary limit by 429', 429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '+5' }, 'x', 6_000],
    ['a reset that has passed', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '-5' }, 'x', 1_000],
    ['a reset in years', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '+99999999' }, 'x', 3_600_000],
    ['a wait of years', 429, { 'retry-after': '99999999' }, 'x', 3_600_000],
    ['maintenance', 503, { 'retry-after': '30' }, 'x', 30_000],
  ])('waits out %s', async (_what, status, headers: Record<string, string>, message, wait) => {
    const reset = headers['x-ratelimit-reset'];
    const told = reset ? { ...headers, 'x-ratelimit-reset': String(clock.now() / 1000 + Number(reset)) } : headers;
    expect(await failureAfter({ status, headers: told, json: { message } })).toMatchObject({
      failure: 'retry',
      retryAfterMs: wait,
      scope: 'channel',
    });
  });

  it('leaves GitHub alone while a limit lasts, for the repositories of that owner', async () => {
    await tested.reconfigure(table('allowed_repos = ["*"]'));
    await failureAfter({ status: 429, headers: { 'retry-after': '90' }, json: {} });
    clock.advance(30_000);
    expect(await failure(channel.send(part({ conversation: 'Acme/other#1' }), patient()))).toMatchObject({
      failure: 'retry',
      retryAfterMs: 60_000,
    });
    expect(github.calls).toHaveLength(1);
    await channel.send(part({ conversation: 'umbrella/lab#1' }), patient());
    clock.advance(60_000);
    await channel.send(part({ conversation }), patient());
    expect(github.taken).toHaveLength(2);
  });

  it('an answer of the API that is no JSON is quoted, and not at length', async () => {
    github.next({ status: 500, json: 'x'.repeat(100_000) });
    const error = await failure(channel.send(part({ conversation }), patient()));
    expect(error.message.length).toBeLessThan(400);
  });

  it('a call that GitHub keeps waiting ends when it is aborted', async () => {
    github.next('stall');
    const cut = new AbortController();
    const sent = channel.send(part({ conversation }), cut.signal);
    await until(() => github.calls.length === 1);
    cut.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });

  it('a port where nobody listens is tried again', async () => {
    await tested.reconfigure(table().replace(/api_base_url.*/, 'api_base_url = "http://127.0.0.1:9"'));
    expect(await failure(channel.send(part({ conversation }), patient()))).toMatchObject({ failure: 'retry' });
  });
});

describe('a sign that the agent is at it', () => {
  const message = { conversation, sender: 'a-person', text: 't', sentAt: 0 };

  it('is not given unless it is wanted, nor where nothing is answered any more', async () => {
    await channel.begun?.({ ...message, id: 'issue_comment-5' }, patient());
    await tested.reconfigure(table('allowed_repos = []\nreaction = "eyes"'));
    await channel.begun?.({ ...message, id: 'issue_comment-5' }, patient());
    expect(github.calls).toEqual([]);
  });

  it.each([
    ['issue_comment-5', 'issues/comments/5'],
    ['pull_request_review_comment-6', 'pulls/comments/6'],
    ['issues-444500041', 'issues/7'],
    ['pull_request-279147437', 'issues/7'],
  ])('to %s is a reaction', async (id, place) => {
    await tested.reconfigure(table('allowed_repos = ["*"]\nreaction = "eyes"'));
    github.next({ status: 201 });
    await channel.begun?.({ ...message, id }, patient());
    expect(github.calls).toMatchObject([
      { method: 'POST', path: `/repos/acme/rocket/${place}/reactions`, json: { content: 'eyes' } },
    ]);
  });
});

it('speaks to GitHub Enterprise below its path', async () => {
  await tested.reconfigure(table().replace(/api_base_url.*/, `api_base_url = "${github.url}/api/v3"`));
  github.next({ status: 201 });
  await channel.send(part({ conversation }), patient());
  expect(github.calls[0]?.path).toBe(`/api/v3${LIST}`);
});
