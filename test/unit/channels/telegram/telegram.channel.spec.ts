import type { ChannelRequest, InboundMessage } from '../../../../src/channels/core/channel';
import { TelegramConfig } from '../../../../src/channels/telegram/telegram.config';
import { TelegramModule } from '../../../../src/channels/telegram/telegram.module';
import { channelRequest, fixture, startChannel, type ChannelUnderTest } from '../../../support/channel';

const entry = { module: TelegramModule, config: TelegramConfig };
const COMPLETE = 'bot_token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"\nwebhook_secret = "s3cret"\n';
const EVERYBODY = 'allowed_users = ["*"]\nbot_username = "@Claw_bot"\n';

/** An update of the fixtures with some fields of its message changed. */
function update(file: string, change: Record<string, unknown> = {}): ChannelRequest {
  const read = JSON.parse(fixture('telegram', file).toString()) as { message: Record<string, unknown> };
  return channelRequest(JSON.stringify({ ...read, message: { ...read.message, ...change } }));
}

const marked = (text: string, ...entities: [type: string, offset: number, length: number][]) => ({
  text,
  entities: entities.map(([type, offset, length]) => ({ type, offset, length })),
});

describe('TelegramChannel', () => {
  let tested: ChannelUnderTest;
  beforeAll(async () => (tested = await startChannel(entry)));
  afterAll(() => tested.stop());
  const configure = (keys = '') => tested.reconfigure(COMPLETE + keys);
  const parse = (request: ChannelRequest) => tested.channel.parse(request);
  const only = (request: ChannelRequest): InboundMessage | undefined => parse(request)?.messages[0];

  describe('the allowlists', () => {
    it.each([
      ['allowed_users = ["*"]', true],
      ['allowed_users = ["1111111"]', true],
      ['allowed_users = ["@TestUserName"]', true],
      ['allowed_users = [" testusername "]', true],
      ['allowed_users = ["111111", "11111110", "testusernam"]', false],
      ['allowed_users = [""]', false],
      ['', false],
    ])('%s: %s', async (keys, allowed) => {
      await configure(keys);
      const { messages, ignored } = parse(update('entities.json')) ?? {};
      expect([messages?.length, ignored]).toEqual(allowed ? [1, []] : [0, ['not_allowed']]);
    });

    it('takes nobody without a name for one with an empty name', async () => {
      await configure('allowed_users = ["@"]');
      expect(parse(update('stranger.json'))?.ignored).toEqual(['not_allowed']);
    });

    it.each([
      ['', true],
      ['allowed_chats = ["*"]', true],
      ['allowed_chats = ["-1001234567890"]', true],
      ['allowed_chats = ["-100123456789"]', false],
      ['allowed_chats = []', false],
    ])('groups with %j: %s', async (keys, allowed) => {
      await configure(EVERYBODY + keys);
      expect(parse(update('group-mention.json'))?.ignored).toEqual(allowed ? [] : ['not_allowed']);
      expect(parse(update('entities.json'))?.messages).toHaveLength(1);
    });
  });

  describe('in groups', () => {
    beforeEach(() => configure(EVERYBODY));

    it.each([
      ['its name at the end', marked('what is new @claw_bot', ['mention', 12, 9]), 'what is new'],
      ['its name in the middle', marked('hey @CLAW_BOT tell', ['mention', 4, 9]), 'hey tell'],
      ['its name after an emoji', marked('👍🏽 @claw_bot: go', ['mention', 5, 9]), '👍🏽 go'],
      ['its name twice', marked('@claw_bot @claw_bot go', ['mention', 0, 9], ['mention', 10, 9]), 'go'],
      ['nothing but its name', marked('@claw_bot', ['mention', 0, 9]), '@claw_bot'],
      ['code that is indented', marked('@claw_bot\n  a  b', ['mention', 0, 9]), 'a  b'],
      [
        'its name in a caption',
        {
          text: undefined,
          photo: [],
          caption: 'see @claw_bot',
          caption_entities: [{ type: 'mention', offset: 4, length: 9 }],
        },
        'see\n[attached, not readable here: photo]',
      ],
    ])('%s is for it', (_what, change, text) => {
      expect(only(update('group-mention.json', change))?.text).toBe(text);
    });

    it.each([
      ['its name without a mark of Telegram', marked('@claw_bot hi')],
      ['a longer name', marked('@claw_bot2 hi', ['mention', 0, 10])],
      ['a mark beyond the text', marked('@claw_bot', ['mention', 0, 99])],
      ['a mark before the text', marked('@claw_bot', ['mention', -1, 9])],
      ['a plain command', marked('/ask hi', ['bot_command', 0, 4])],
      ['an answer to somebody else', { text: 'yes', entities: [], reply_to_message: { from: { id: 5 } } }],
      ['a picture', { text: undefined, photo: [] }],
    ])('%s is not', (_what, change) => {
      expect(parse(update('group-mention.json', change))).toEqual({ messages: [], ignored: ['not_mentioned'] });
    });

    it('everything is, when it is told so', async () => {
      await configure(`${EVERYBODY}require_mention = false`);
      expect(only(update('group-unaddressed.json'))?.text).toBe('lunch? @somebody_else');
      expect(only(update('group-other-bot-command.json'))?.audience).toBe('public');
    });

    it('sees answers to it and links to it also without knowing its name', async () => {
      await configure('allowed_users = ["*"]');
      expect(only(update('group-reply.json'))?.text).toBe('and tomorrow?');
      expect(only(update('group-text-mention.json'))?.text).toBe('hi how are you');
      expect(parse(update('group-mention.json'))?.ignored).toEqual(['not_mentioned']);
    });

    it('takes nothing for an answer to it while it has no token', async () => {
      await tested.reconfigure(`webhook_secret = "s3cret"\n${EVERYBODY}`);
      expect(parse(update('group-mention.json', { entities: [], reply_to_message: {} }))?.ignored).toEqual([
        'not_mentioned',
      ]);
    });

    it('keeps threads of replies out of the address, and topics in it', () => {
      const inThread = update('group-reply.json', { message_thread_id: 500 });
      expect(only(inThread)?.conversation).toBe('-1001234567890');
      expect(only(update('topic.json'))?.conversation).toBe('-1001234567890:42');
    });
  });

  describe('in a private chat', () => {
    beforeAll(() => configure(EVERYBODY));

    it('knows who reads along', () => {
      expect(only(update('entities.json'))).not.toHaveProperty('audience');
    });

    it.each(['/start', '/start abc-123', '/start@claw_bot'])('greets for %j', (text) => {
      const entities = [{ type: 'bot_command', offset: 0, length: text.split(' ', 1)[0]?.length }];
      expect(only(update('entities.json', { text, entities }))?.notice).toMatch(/^Hello/);
    });

    it.each(['/started', '/help', 'start'])('takes %j for a message', (text) => {
      expect(only(update('entities.json', { text, entities: [] }))).toMatchObject({ text });
      expect(only(update('entities.json', { text, entities: [] }))).not.toHaveProperty('notice');
    });

    it.each(['sticker', 'video_note', 'location', 'poll', 'contact', 'dice'])(
      'says that it cannot read a %s',
      (kind) => {
        expect(only(update('entities.json', { text: undefined, [kind]: {} }))?.notice).toMatch(/only read text/);
      },
    );

    it.each([
      ['no date', undefined],
      ['half a second', 1.5],
      ['a date beyond all', 9e15],
    ])('takes the time of arrival for %s', (_what, date) => {
      const request = update('entities.json', { date });
      expect(only(request)?.sentAt).toBe(request.receivedAt);
    });

    it.each([
      ['no chat', { chat: undefined }],
      ['a chat that is no number', { chat: { id: '../x', type: 'private' } }],
      ['nobody', { from: undefined }],
      ['no id', { message_id: undefined }],
    ])('%s is no message', (_what, change) => {
      expect(parse(update('entities.json', change))).toEqual({ messages: [], ignored: ['not_a_message'] });
    });
  });

  it('refuses what is no update', () => {
    for (const body of ['', '[]', 'null', '{}', '{"message":{}}']) expect(parse(channelRequest(body))).toBeUndefined();
  });

  it('takes its secrets from the environment first', async () => {
    const env = { ZEROCLAW_TELEGRAM_WEBHOOK_SECRET: 'other', ZEROCLAW_TELEGRAM_BOT_TOKEN: '1:a' };
    const other = await startChannel(entry, { env });
    expect(other.channel.problem()).toBeUndefined();
    const headers = { 'x-telegram-bot-api-secret-token': 'other' };
    expect(other.channel.verify(channelRequest('{}', headers))).toBe('genuine');
    await other.stop();
  });

  it('reads the keys of ZeroClaw', async () => {
    await configure('allowed_users = ["*"]\nmention_only = false\nstream_mode = "off"');
    expect(parse(update('group-unaddressed.json'))?.messages).toHaveLength(1);
  });

  it.each([
    ['', /bot_token is missing/],
    ['bot_token = "AAH"', /bot_token is no token/],
    ['bot_token = "1:a/../x"', /bot_token is no token/],
    ['bot_token = "1:a"', /webhook_secret is missing/],
  ])('%j: %s', async (table, words) => {
    await tested.reconfigure(table);
    expect(tested.channel.problem()).toMatch(words);
  });

  it.each([
    ['webhook_secret = "not allowed!"', /webhook_secret/],
    ['api_base_url = "api.telegram.org"', /api_base_url/],
    ['bot_username = "my bot"', /bot_username/],
  ])('does not start with %j', async (table, words) => {
    await expect(startChannel(entry, { table })).rejects.toThrow(words);
  });
});
