import { createHmac } from 'node:crypto';
import type { ChannelRequest, InboundMessage, ParsedRequest } from '../../../../src/channels/core/channel';
import { NextcloudTalkConfig } from '../../../../src/channels/nextcloud-talk/nextcloud-talk.config';
import { NextcloudTalkModule } from '../../../../src/channels/nextcloud-talk/nextcloud-talk.module';
import { channelRequest, fixture, startChannel, type ChannelUnderTest } from '../../../support/channel';

const entry = { module: NextcloudTalkModule, config: NextcloudTalkConfig };
const SECRET = 'a'.repeat(40);
const COMPLETE = `base_url = "https://cloud.example.com"\nwebhook_secret = "${SECRET}"\n`;

interface Payload {
  type: string;
  actor: Record<string, unknown>;
  object: Record<string, unknown>;
  message: Record<string, unknown>;
  target: Record<string, unknown>;
}

/** The documented sample with some of it changed. */
function create(change: (payload: Payload) => void = () => undefined, file = 'create.json'): ChannelRequest {
  const payload = JSON.parse(fixture('nextcloud-talk', file).toString()) as Payload;
  change(payload);
  return channelRequest(JSON.stringify(payload));
}

const says = (message: string, parameters: unknown = {}) =>
  create(({ object }) => (object.content = JSON.stringify({ message, parameters })));
const from = (id: string) => create(({ actor }) => (actor.id = id));
const flat = (message: Record<string, unknown>) =>
  create((payload) => Object.assign(payload.message, message), 'legacy.json');

describe('NextcloudTalkChannel', () => {
  let tested: ChannelUnderTest;
  beforeAll(async () => (tested = await startChannel(entry)));
  afterAll(() => tested.stop());
  const configure = (keys = '') => tested.reconfigure(COMPLETE + keys);
  const parse = (request: ChannelRequest) => tested.channel.parse(request);
  const only = (request: ChannelRequest): InboundMessage | undefined => parse(request)?.messages[0];

  describe('the allowlist', () => {
    it.each([
      ['*', 'guests/ada', true],
      ['ada', 'users/ada', true],
      ['users/ada', 'users/ada', true],
      ['Users/Ada', 'users/aDa', true],
      [' ada ', 'users/ada', true],
      ['ada', 'guests/ada', false],
      ['ada', 'federated_users/ada', false],
      ['ada', 'emails/ada', false],
      ['ada', 'ada', false],
      ['guests/ada', 'guests/ada', true],
      ['federated_users/ada@other.example.com', 'federated_users/ada@other.example.com', true],
      ['ada@other.example.com', 'federated_users/ada@other.example.com', false],
      ['users/ada', 'users/ada/x', false],
      ['', 'users/', false],
    ])('%j lets %j in: %s', async (entered, actor, allowed) => {
      await configure(`allowed_users = [${JSON.stringify(entered)}]`);
      const { messages, ignored } = parse(from(actor)) ?? {};
      expect(messages?.map(({ sender }) => sender)).toEqual(allowed ? [actor] : []);
      expect(ignored).toEqual(allowed ? [] : ['not_allowed']);
    });

    it('is closed when it is empty', async () => {
      await configure();
      expect(parse(create())).toEqual({ messages: [], ignored: ['not_allowed'] });
    });

    it.each([
      ['a guest who bears the full id of a user', { actorType: 'guests', actorId: 'users/ada' }, 'guests/users/ada'],
      ['a guest', { actorType: 'guests', actorId: 'ada' }, 'guests/ada'],
      ['an id of unknown kind', { actorType: undefined, actorId: 'ada' }, 'ada'],
    ])('takes %s for no user', async (_what, message, sender) => {
      await configure('allowed_users = ["ada", "users/ada"]');
      expect(parse(flat(message))).toEqual({ messages: [], ignored: ['not_allowed'] });
      await configure('allowed_users = ["*"]');
      expect(only(flat(message))?.sender).toBe(sender);
    });
  });

  describe('what is a message', () => {
    beforeAll(() => configure('allowed_users = ["*"]'));

    it.each<[string, ChannelRequest, ParsedRequest['ignored'][number]]>([
      ['a bot, whatever the case', create(({ actor }) => (actor.type = 'APPLICATION')), 'own'],
      ['a bot by its id', from('bots/bot-1'), 'own'],
      ['a flat bot', flat({ actorType: 'Bots' }), 'own'],
      ['a poll', create(({ object }) => (object.type = 'Question')), 'not_a_message'],
      ['a system message', create(({ object }) => (object.name = 'call_started')), 'not_a_message'],
      ['an unknown event', create((payload) => (payload.type = 'Announce')), 'not_a_message'],
      ['no conversation', create(({ target }) => (target.id = '')), 'not_a_message'],
      ['a conversation that would change the address', create(({ target }) => (target.id = '..')), 'not_a_message'],
      ['nobody', create(({ actor }) => delete actor.id), 'not_a_message'],
      ['only blanks', says(' \n '), 'not_a_message'],
      ['no content', create(({ object }) => delete object.content), 'not_a_message'],
      ['a flat command', flat({ messageType: 'command' }), 'not_a_message'],
      ['a flat system message', flat({ systemMessage: 'user_added' }), 'not_a_message'],
    ])('%s is none', (_what, request, why) => {
      expect(parse(request)).toEqual({ messages: [], ignored: [why] });
    });

    it('refuses what is no object', () => {
      for (const body of ['', '[]', 'null', '"x"', '{']) expect(parse(channelRequest(body))).toBeUndefined();
    });

    it.each([
      ['a string that is no JSON', 'plain {words}', 'plain {words}'],
      ['an object', { message: 'an object' }, 'an object'],
      ['JSON that is no object', '"quoted"', '"quoted"'],
    ])('reads content that is %s', (_what, content, text) => {
      expect(only(create(({ object }) => (object.content = content)))?.text).toBe(text);
    });

    it('puts names into placeholders, and reads nothing in them again', () => {
      const parameters = {
        'mention-user1': { type: 'user', id: 'ada', name: 'Ada {call} Lovelace' },
        call: { type: 'call', id: 't', name: 'Team' },
        poll: { type: 'talk-poll', id: 7 },
      };
      expect(only(says('{mention-user1} in {call}: {poll}, {constructor}, {none}', parameters))?.text).toBe(
        '@Ada {call} Lovelace in Team: 7, {constructor}, {none}',
      );
    });

    it.each([
      ['milliseconds', 1_735_701_200_123, 1_735_701_200_123],
      ['digits', '1735701200', 1_735_701_200_000],
    ])('takes a time in %s', (_what, timestamp, sentAt) => {
      expect(only(flat({ timestamp }))?.sentAt).toBe(sentAt);
    });

    it.each([
      ['no time', undefined],
      ['half a second', 0.5],
      ['words', 'now'],
      ['a time before all', -1],
    ])('takes the time of arrival for %s', (_what, timestamp) => {
      const request = flat({ timestamp });
      expect(only(request)?.sentAt).toBe(request.receivedAt);
    });

    it('names a message by its conversation and its id', () => {
      const ids = [only(create()), only(create(({ target }) => (target.id = 'other')))].map((found) => found?.id);
      expect(ids).toEqual(['n3xtc10ud:1567', 'other:1567']);
    });

    it('names a message without an id by what was signed', () => {
      const bare = create(({ object }) => delete object.id);
      const delivered = (random: string) => only({ ...bare, headers: { 'x-nextcloud-talk-random': random } })?.id;
      expect(delivered('a')).toBe(delivered('a'));
      expect(delivered('a')).not.toBe(delivered('b'));
      expect(only(bare)?.replyTo).toBeUndefined();
    });
  });

  describe('who reads along', () => {
    it.each([
      ['', 'public'],
      ['private_rooms = ["other"]', 'public'],
      ['private_rooms = ["n3xtc10ud"]', undefined],
      ['private_rooms = ["*"]', undefined],
    ])('with %j: %s', async (keys, audience) => {
      await configure(`allowed_users = ["*"]\n${keys}`);
      expect(only(create())?.audience).toBe(audience);
    });
  });

  describe('trigger words', () => {
    beforeAll(() => configure('allowed_users = ["*"]\ntrigger_words = ["@claw", "!"]'));

    it.each([
      ['@claw what is new?', 'what is new?'],
      ['@Claw, what is new?', 'what is new?'],
      ['@CLAW: {mention-user1}?', '@Ada?'],
      ['!help', 'help'],
      ['! help', 'help'],
      ['@claw', '@claw'],
    ])('%j is for the agent', (said, text) => {
      const message = only(says(said, { 'mention-user1': { type: 'user', id: 'ada', name: 'Ada' } }));
      expect(message?.text).toBe(text);
    });

    it.each(['what is new, @claw?', '@clawed', 'hello'])('%j is not', (said) => {
      expect(parse(says(said))).toEqual({ messages: [], ignored: ['not_mentioned'] });
    });

    it('answers to the bot need none', () => {
      expect(only(create(undefined, 'reply-to-bot.json'))?.text).toBe('and tomorrow?');
    });

    it('says nothing about files that were not for it', () => {
      expect(parse(create(undefined, 'file.json'))).toEqual({ messages: [], ignored: ['not_mentioned'] });
    });
  });

  describe('its secret', () => {
    const body = fixture('nextcloud-talk', 'create.json');
    const signed = (secret: string, random = 'r'.repeat(64)) =>
      createHmac('sha256', secret).update(random).update(body).digest('hex');
    const verify = (signature: string, random = 'r'.repeat(64)) =>
      tested.channel.verify(
        channelRequest(body, { 'x-nextcloud-talk-random': random, 'x-nextcloud-talk-signature': signature }),
      );
    beforeEach(() => configure());

    it('is proved in hex of any case, also after sha256=', () => {
      expect(verify(signed(SECRET).toUpperCase())).toBe('genuine');
      expect(verify(` sha256=${signed(SECRET)} `)).toBe('genuine');
    });

    it('needs a random', () => {
      expect(verify(signed(SECRET, ''), '')).toBe('signature');
      expect(verify(signed(SECRET), 's'.repeat(64))).toBe('signature');
    });

    it('comes from the environment first, without the space around it', async () => {
      const env = { ZEROCLAW_NEXTCLOUD_TALK_WEBHOOK_SECRET: ` ${'b'.repeat(40)}\n` };
      const other = await startChannel(entry, { table: COMPLETE, env });
      const headers = { 'x-nextcloud-talk-random': 'r', 'x-nextcloud-talk-signature': signed('b'.repeat(40), 'r') };
      expect(other.channel.verify(channelRequest(body, headers))).toBe('genuine');
      await other.stop();
    });
  });

  it.each([
    ['', 'base_url'],
    ['base_url = "https://cloud.example.com"', 'webhook_secret'],
    ['base_url = "https://cloud.example.com"\nwebhook_secret = " "', 'webhook_secret'],
    ['base_url = "https://cloud.example.com"\nallow_unsigned = true', 'webhook_secret'],
    ['base_url = "https://cloud.example.com"\nwebhook_secret = "s"\nreply_as = "user"', 'app_token'],
  ])('%j lacks %s', async (table, key) => {
    await tested.reconfigure(table);
    expect(tested.channel.problem()).toContain(`[channels_config.nextcloud_talk].${key}`);
  });
});
