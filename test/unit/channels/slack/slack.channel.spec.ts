import { createHmac } from 'node:crypto';
import type { ChannelRequest, InboundMessage } from '../../../../src/channels/core/channel';
import { SlackConfig } from '../../../../src/channels/slack/slack.config';
import { SlackModule } from '../../../../src/channels/slack/slack.module';
import { harmlessSlack, readableSlack } from '../../../../src/channels/slack/slack-text';
import { channelRequest, fixture, startChannel, type ChannelUnderTest } from '../../../support/channel';

const entry = { module: SlackModule, config: SlackConfig };
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const COMPLETE = `bot_token = "xoxb-1"\nsigning_secret = "${SECRET}"\n`;

/** A request of the fixtures with some fields of its event changed. */
function event(file: string, change: Record<string, unknown> = {}): ChannelRequest {
  const read = JSON.parse(fixture('slack', file).toString()) as { event: Record<string, unknown> };
  return channelRequest(JSON.stringify({ ...read, event: { ...read.event, ...change } }));
}

describe('SlackChannel', () => {
  let tested: ChannelUnderTest;
  beforeAll(async () => (tested = await startChannel(entry)));
  afterAll(() => tested.stop());
  const configure = (keys = '') => tested.reconfigure(COMPLETE + keys);
  const parse = (request: ChannelRequest) => tested.channel.parse(request);
  const only = (request: ChannelRequest): InboundMessage | undefined => parse(request)?.messages[0];

  describe('signatures', () => {
    const body = fixture('slack', 'message-im.json');
    const signed = (timestamp: string, version = 'v0') =>
      `${version}=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${body.toString()}`).digest('hex')}`;
    const verify = (timestamp: string, signature: string, receivedAt = 1_600_000_000_000) =>
      tested.channel.verify(
        channelRequest(
          body,
          { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature },
          { receivedAt },
        ),
      );
    beforeAll(() => configure());

    it("are Slack's own example", () => {
      const example =
        'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
        '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
        '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
      const headers = {
        'x-slack-request-timestamp': '1531420618',
        'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      };
      const request = channelRequest(example, headers, { receivedAt: 1_531_420_618_000 });
      expect(tested.channel.verify(request)).toBe('genuine');
    });

    it.each([
      [300, 'genuine'],
      [-300, 'genuine'],
      [301, 'replayed'],
      [-301, 'replayed'],
    ])('%i seconds off are %s', (seconds, verdict) => {
      const timestamp = String(1_600_000_000 + seconds);
      expect(verify(timestamp, signed(timestamp))).toBe(verdict);
    });

    it('hold for their own time and version only', () => {
      expect(verify('1600000001', signed('1600000000'))).toBe('signature');
      expect(verify('1600000000', signed('1600000000', 'v1'))).toBe('signature');
      expect(verify('', signed(''))).toBe('signature');
      expect(verify('1e9', signed('1e9'))).toBe('signature');
      expect(verify(' 1600000000 ', signed('1600000000'))).toBe('genuine');
    });

    it('that are old and wrong are wrong', () => {
      expect(verify('1500000000', signed('1600000000'))).toBe('signature');
    });
  });

  it('answers the handshake by POST with the challenge, and nothing else', () => {
    const verification = channelRequest(fixture('slack', 'url-verification.json'));
    expect(tested.channel.handshake?.(verification)).toEqual({
      status: 200,
      body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P',
    });
    expect(tested.channel.handshake?.({ ...verification, method: 'GET' })).toBeUndefined();
    expect(tested.channel.handshake?.(channelRequest('{'))).toBeUndefined();
  });

  describe('the allowlists', () => {
    it.each([
      ['allowed_users = ["*"]', true],
      ['allowed_users = [" U061F7AUR "]', true],
      ['allowed_users = ["U061F7AU"]', false],
      ['', false],
      ['allowed_users = ["*"]\nallowed_channels = ["C123ABC456"]', true],
      ['allowed_users = ["*"]\nallowed_channels = ["C1"]', false],
      ['allowed_users = ["*"]\nallowed_channels = []', false],
    ])('%j: %s', async (keys, allowed) => {
      await configure(keys);
      expect(parse(event('message-with-mention.json'))?.ignored).toEqual(allowed ? [] : ['not_allowed']);
    });

    it('of channels leave direct messages alone', async () => {
      await configure('allowed_users = ["*"]\nallowed_channels = []');
      expect(only(event('message-im.json'))).not.toHaveProperty('audience');
    });
  });

  describe('what is a message', () => {
    beforeAll(() => configure('allowed_users = ["*"]'));

    it('is the same for both events of one mention', () => {
      const [mention, message] = [only(event('app-mention.json')), only(event('message-with-mention.json'))];
      expect(mention?.id).toBe(message?.id);
      expect(mention?.conversation).toBe(message?.conversation);
    });

    it('is answered in its thread', () => {
      const inThread = { thread_ts: '1355517000.000001' };
      expect(only(event('message-im.json', inThread))?.conversation).toBe('D024BE91L:1355517000.000001');
      expect(only(event('thread-mention.json'))?.conversation).toBe('C123ABC456:1515449522.000016');
    });

    it.each([
      ['another bot', { bot_id: 'B1' }, 'own'],
      ['Slackbot', { user: 'USLACKBOT' }, 'own'],
      ['someone joining', { subtype: 'channel_join' }, 'not_a_message'],
      ['a deletion', { subtype: 'message_deleted' }, 'not_a_message'],
      ['nobody', { user: undefined }, 'not_a_message'],
      ['no text', { text: undefined }, 'not_a_message'],
      ['a time that is none', { ts: '1e9' }, 'not_a_message'],
      ['a channel that is none', { channel: 'general' }, 'not_a_message'],
    ])('%s is none', (_what, change, why) => {
      expect(parse(event('message-im.json', change))).toEqual({ messages: [], ignored: [why] });
    });

    it.each(['', '[]', '{}', 'null'])('refuses %j', (body) => {
      expect(parse(channelRequest(body))).toBeUndefined();
    });

    it('is whatever is said, when it is told so', async () => {
      await configure('allowed_users = ["*"]\nrequire_mention = false');
      expect(only(event('message-channel.json'))).toMatchObject({ text: 'lunch?', audience: 'public' });
      await configure('allowed_users = ["*"]');
    });

    it('names files that came with words', () => {
      const files = [{ name: 'a.png' }, {}];
      expect(only(event('file-share.json', { text: 'look', files }))?.text).toBe(
        'look\n[shared file, not readable here: a.png]\n[shared file, not readable here: a file]',
      );
    });
  });

  it.each([
    ['<@U1> hi', 'hi'],
    ['<@U1>, hi', 'hi'],
    ['hi <@U1>', 'hi'],
    ['<@U2|ada> and <@U3>', '@ada and @U3'],
    ['<!here> <!subteam^S1|@team>', '@here @team'],
    ['<https://a.example>', 'https://a.example'],
    ['<mailto:a@b.example|a@b.example>', 'a@b.example (mailto:a@b.example)'],
    ['&lt;b&gt; &amp;amp;', '<b> &amp;'],
    ['&lt;@U1&gt;', '<@U1>'],
    ['a < b', 'a < b'],
  ])('reads %j as %j', (text, read) => {
    expect(readableSlack(text, 'U1')).toBe(read);
  });

  it('calls no channel together', () => {
    expect(harmlessSlack('<!channel> <!here|here> <!subteam^S1> <!DOCTYPE html> <b>')).toBe(
      '<\u200b!channel> <\u200b!here|here> <\u200b!subteam^S1> <!DOCTYPE html> <b>',
    );
  });

  it.each([
    ['', /bot_token is missing/],
    ['bot_token = "xoxb-1"', /signing_secret is missing/],
  ])('%j: %s', async (table, words) => {
    await tested.reconfigure(table);
    expect(tested.channel.problem()).toMatch(words);
  });
});
