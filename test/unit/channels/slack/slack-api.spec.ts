import { SlackConfig } from '../../../../src/channels/slack/slack.config';
import { SlackModule } from '../../../../src/channels/slack/slack.module';
import { part, patient, startChannel, type ChannelUnderTest } from '../../../support/channel';
import { startPlatform, type PlatformCall, type PlatformServer, type Trick } from '../../../support/platform-server';
import { until } from '../../../support/until';

const entry = { module: SlackModule, config: SlackConfig };
const THREAD = '1515449522.000016';
const FIELDS = ['channel', 'markdown_text', 'metadata', 'thread_ts', 'unfurl_links', 'unfurl_media'];
const refused = (error: string, more = {}): Trick => ({ json: { ok: false, error, ...more } });

interface Posted {
  channel: string;
  markdown_text: string;
  thread_ts?: string;
  metadata: { event_payload: { part: string } };
}

describe('SlackApi', () => {
  let slack: PlatformServer;
  let posted: Posted[];
  let tested: ChannelUnderTest;
  const configure = (token = 'xoxb-1') =>
    tested.reconfigure(`bot_token = "${token}"\nsigning_secret = "s"\napi_base_url = "${slack.url}/api/"`);
  const send = (more = {}, signal = patient()) =>
    tested.channel.send(part({ conversation: `C123ABC456:${THREAD}`, ...more }), signal);

  /** The Web API, as far as it is used: checks every field, keeps what was posted, and refuses as Slack does, with status 200. */
  function webApi({ method, path, headers, json }: PlatformCall): Trick {
    const { pathname, searchParams: query } = new URL(path, 'http://slack');
    if (headers.authorization !== 'Bearer xoxb-1') return refused('invalid_auth');
    if (method === 'POST' && pathname === '/api/chat.postMessage') {
      const message = json as Posted;
      if (Object.keys(message).some((key) => !FIELDS.includes(key))) return refused('invalid_arguments');
      if (!['C123ABC456', 'D024BE91L'].includes(message.channel)) return refused('channel_not_found');
      if (message.markdown_text.trim() === '') return refused('no_text');
      if (message.markdown_text.length > 12_000) return refused('msg_too_long');
      posted.push(message);
      return { json: { ok: true, ts: '1.1' } };
    }
    const wanted = query.has('ts') ? '/api/conversations.replies' : '/api/conversations.history';
    if (method !== 'GET' || pathname !== wanted) return refused('unknown_method');
    if (query.get('include_all_metadata') !== 'true') return refused('invalid_arguments');
    const messages = posted.filter(
      ({ channel, thread_ts }) => channel === query.get('channel') && (thread_ts ?? null) === query.get('ts'),
    );
    return { json: { ok: true, messages: [{ text: 'hi' }, ...messages] } };
  }

  beforeAll(async () => (tested = await startChannel(entry)));
  beforeEach(async () => {
    posted = [];
    slack = await startPlatform(webApi);
    await configure();
  });
  afterEach(() => slack.stop());
  afterAll(() => tested.stop());

  it('writes Markdown into the thread', async () => {
    await send({ id: 'out_1.0', text: '**yes** <!channel> \ud83d' });
    expect(posted).toEqual([
      {
        channel: 'C123ABC456',
        thread_ts: THREAD,
        markdown_text: '**yes** <\u200b!channel> \ufffd',
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: 'zeroclaw_answer', event_payload: { part: 'out_1.0' } },
      },
    ]);
  });

  it('writes direct messages outside of threads', async () => {
    await send({ conversation: 'D024BE91L' });
    expect(posted[0]).not.toHaveProperty('thread_ts');
  });

  it.each([`C123ABC456:${THREAD}`, 'D024BE91L'])(
    'finds a part in %s whose confirmation was lost',
    async (conversation) => {
      await send({ conversation, id: 'out_1.0' });
      await send({ conversation, id: 'out_1.0', attempt: 1 });
      await send({ conversation, id: 'out_1.1', attempt: 1 });
      expect(posted.map(({ metadata }) => metadata.event_payload.part)).toEqual(['out_1.0', 'out_1.1']);
    },
  );

  it.each<[string, Trick]>([
    ['may not', refused('missing_scope', { needed: 'channels:history' })],
    ['cannot', 'cut'],
  ])('posts when it %s look', async (_what, trick) => {
    slack.next(trick);
    await send({ attempt: 1 });
    expect(posted).toHaveLength(1);
  });

  it.each<[Trick, string, RegExp, number?]>([
    [refused('channel_not_found'), 'permanent', /channel_not_found/],
    [refused('is_archived'), 'permanent', /is_archived/],
    [refused('not_in_channel'), 'permanent', /\/invite/],
    [refused('msg_too_long'), 'permanent', /msg_too_long/],
    [refused('invalid_auth'), 'credentials', /bot_token/],
    [refused('token_revoked'), 'credentials', /bot_token/],
    [refused('missing_scope', { needed: 'chat:write' }), 'credentials', /chat:write/],
    [
      { status: 429, headers: { 'retry-after': '30' }, json: { ok: false, error: 'ratelimited' } },
      'retry',
      /ratelimited/,
      30_000,
    ],
    [{ status: 429, headers: { 'retry-after': '7' }, json: 'slow down' }, 'retry', /429/, 7_000],
    [refused('internal_error'), 'retry', /internal_error/],
    [{ status: 503, json: 'a proxy' }, 'retry', /503/],
    [{ status: 200, json: 'a page' }, 'credentials', /api_base_url/],
    ['cut', 'retry', /connection/],
  ])('%j is a failure of kind %s', async (trick, failure, words, ...[wait]) => {
    slack.next(trick);
    const failed = send();
    await expect(failed).rejects.toMatchObject({ failure, message: expect.stringMatching(words) as string });
    await expect(failed).rejects.toHaveProperty('retryAfterMs', wait);
  });

  it.each<[Trick, string]>([
    [{ status: 429, headers: { 'retry-after': '1' }, json: { ok: false, error: 'ratelimited' } }, 'conversation'],
    [refused('rate_limited'), 'conversation'],
    [refused('service_unavailable'), 'channel'],
  ])('%j is a matter of the %s', async (trick, scope) => {
    slack.next(trick);
    await expect(send()).rejects.toHaveProperty('scope', scope);
  });

  it('takes a new token without a restart', async () => {
    await configure('xoxb-revoked');
    await expect(send()).rejects.toMatchObject({ failure: 'credentials' });
    await configure();
    await send();
    expect(posted).toHaveLength(1);
  });

  it.each([0, 1])('is cut short by its signal, attempt %i', async (attempt) => {
    slack.next('stall');
    const cut = new AbortController();
    const sending = send({ attempt }, cut.signal);
    await until(() => slack.calls.length === 1);
    cut.abort(new Error('the gateway stops'));
    await expect(sending).rejects.toThrow('the gateway stops');
    expect(posted).toEqual([]);
  });
});
