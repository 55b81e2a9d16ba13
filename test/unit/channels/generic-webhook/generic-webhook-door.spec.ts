import { Webhook } from 'standardwebhooks';
import { GenericWebhookConfig } from '../../../../src/channels/generic-webhook/generic-webhook.config';
import { GenericWebhookModule } from '../../../../src/channels/generic-webhook/generic-webhook.module';
import { channelRequest, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';

const NOW = 1_770_319_873_500;
const SECONDS = Math.floor(NOW / 1000);
const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const STRANGE = 'whsec_plJ3nmyCDGBKInavdOK15jsl9ZBfT0XX';
const table = (more = '', secret = OLD) =>
  `url = "https://chat.example.com"\nallowed_senders = ["*"]\nsigning_secret = "${secret}"\n${more}`;

let tested: ChannelUnderTest;

beforeAll(async () => {
  tested = await startChannel({ module: GenericWebhookModule, config: GenericWebhookConfig }, { table: table() });
});
afterEach(() => tested.reconfigure(table()));
afterAll(() => tested.stop());

describe('signatures', () => {
  const sign = (secret: string, seconds = SECONDS, body = '{}') =>
    new Webhook(secret).sign('msg_1', new Date(seconds * 1000), body);
  const verdict = (signature: string, more: Record<string, string> = {}, body = '{}') => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': signature,
      ...more,
    };
    return tested.channel.verify(channelRequest(body, headers, { receivedAt: NOW }));
  };

  it.each([
    [0, 'genuine'],
    [-300, 'genuine'],
    [300, 'genuine'],
    [-301, 'replayed'],
    [301, 'replayed'],
    [-86_400, 'replayed'],
  ])('%i s off are %s', (off, expected) => {
    const seconds = SECONDS + off;
    expect(verdict(sign(OLD, seconds), { 'webhook-timestamp': String(seconds) })).toBe(expected);
  });

  it.each([
    ['the id', { 'webhook-id': 'msg_2' }],
    ['the time', { 'webhook-timestamp': String(SECONDS + 1) }],
    ['a time that is one', { 'webhook-timestamp': 'now' }],
  ])('cover %s', (_what, headers) => {
    expect(verdict(sign(OLD), headers)).toBe('signature');
  });

  it('may stand among others, such as those of other versions', () => {
    expect(verdict(`v1a,xyz v1,AAAA ${sign(STRANGE)} ${sign(OLD)}`)).toBe('genuine');
    expect(verdict(`${sign(OLD).replace('v1,', 'v2,')} ${sign(STRANGE)}`)).toBe('signature');
    expect(verdict(`${'v1,AAAA '.repeat(10_000)}${sign(OLD)}`)).toBe('signature');
  });

  it('are good by either secret while one is replaced', async () => {
    await tested.reconfigure(table('', `${NEW} ${OLD}`));
    expect([OLD, NEW, STRANGE].map((secret) => verdict(sign(secret)))).toEqual(['genuine', 'genuine', 'signature']);
    await tested.reconfigure(table('', NEW));
    expect([OLD, NEW].map((secret) => verdict(sign(secret)))).toEqual(['signature', 'genuine']);
  });

  it('cover the bytes, not the text that they stand for', () => {
    const replaced = '{"text":"\ufffd"}';
    const body = Buffer.from('{"text":"\xff"}', 'latin1');
    const request = channelRequest(body, {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(SECONDS),
      'webhook-signature': sign(OLD, SECONDS, replaced),
    });
    expect(body.toString()).toBe(replaced);
    expect(tested.channel.verify({ ...request, receivedAt: NOW })).toBe('signature');
  });

  it('come from the environment first', async () => {
    const env = { ZEROCLAW_GENERIC_WEBHOOK_SIGNING_SECRET: ` ${NEW}\n` };
    const other = await startChannel(
      { module: GenericWebhookModule, config: GenericWebhookConfig },
      { table: table(), env },
    );
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(SECONDS), 'webhook-signature': sign(NEW) };
    expect(other.channel.problem()).toBeUndefined();
    expect(other.channel.verify(channelRequest('{}', headers, { receivedAt: NOW }))).toBe('genuine');
    await other.stop();
  });
});

describe('what is missing', () => {
  const url = 'url = "https://chat.example.com"';
  it.each([
    ['', /\.url is missing: write the address/],
    [url, /\.signing_secret is missing: make one with/],
    [`${url}\nsigning_secret = "correct horse"`, /not whsec_ and the base64 of 24 to 64 bytes/],
    [`${url}\nsigning_secret = "whsec_c2hvcnQ="`, /not whsec_/],
    [`${url}\nsigning_secret = "${OLD} secret"`, /not whsec_/],
    [`${url}\nsigning_secret = "${OLD.slice(6)}"\nallow_unsigned = true`, /not whsec_/],
  ])('is said to the operator: %j', async (keys, sentence) => {
    await tested.reconfigure(keys);
    expect(tested.channel.problem()).toMatch(sentence);
  });

  it('is nothing more with what it asks for', async () => {
    const made = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    await tested.reconfigure(table('', made));
    expect(tested.channel.problem()).toBeUndefined();
    await tested.reconfigure(`${url}\nallow_unsigned = true`);
    expect(tested.channel.problem()).toBeUndefined();
  });
});

describe('reading', () => {
  const read = (body: unknown, headers: Record<string, string> = { 'webhook-id': 'msg_1' }) =>
    tested.channel.parse(channelRequest(JSON.stringify(body), headers, { receivedAt: NOW }));
  const message = { type: 'message', sender: 'ada', text: 'Hello' };

  it('fills in what may be left out', () => {
    expect(read(message)?.messages).toEqual([
      { id: 'msg_1', conversation: 'ada', sender: 'ada', text: 'Hello', sentAt: NOW, replyTo: 'msg_1' },
    ]);
    expect(read({ ...message, id: null, conversation: null, reply_to: null, sent_at: null })).toEqual(read(message));
  });

  it('leaves the text as it is', () => {
    expect(read({ ...message, text: ' a\n [IMAGE:/etc/passwd] ' })?.messages[0]?.text).toBe(
      ' a\n [IMAGE:/etc/passwd] ',
    );
  });

  it.each([
    ['sender', undefined],
    ['sender', ''],
    ['sender', { id: 1 }],
    ['sender', 1.5],
    ['text', undefined],
    ['text', ' \n'],
    ['text', ['Hello']],
    ['id', ''],
    ['id', {}],
    ['id', 'i'.repeat(513)],
    ['conversation', []],
    ['conversation', 'c'.repeat(513)],
    ['reply_to', true],
    ['sent_at', 'soon'],
    ['sent_at', 1_769_860_800],
    ['sent_at', '1969-12-31T00:00:00Z'],
  ])('says that %s cannot be %j', (name, value) => {
    const parsed = read({ ...message, [name]: value });
    expect(parsed).toEqual({ messages: [], ignored: [], malformed: expect.stringContaining(`"${name}" must be`) });
  });

  it('needs a name for a message that came without webhook-id', () => {
    expect(read(message, {})?.malformed).toContain('"id" must be');
    expect(read({ ...message, id: 'm' }, {})?.messages[0]?.id).toBe('m');
  });

  it.each([
    ['[]', 'not_allowed'],
    ['["Ada", "ad", "adam", ""]', 'not_allowed'],
    ['[" ada "]', 'allowed'],
    ['["*"]', 'allowed'],
  ])('lets %s in: %s', async (allowed, outcome) => {
    await tested.reconfigure(table().replace('["*"]', allowed));
    expect(read(message)?.messages.length === 1 ? 'allowed' : read(message)?.ignored.join()).toBe(outcome);
  });

  it.each(['not json', '', '[]', '7', 'null'])('refuses %j', (body) => {
    expect(tested.channel.parse(channelRequest(body))).toBeUndefined();
  });
});
