import { createHmac } from 'node:crypto';
import { LinqConfig } from '../../../../src/channels/linq/linq.config';
import { LinqModule } from '../../../../src/channels/linq/linq.module';
import { channelRequest, fixture, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';

const NOW = 1_770_319_873_500;
const SECONDS = Math.floor(NOW / 1000);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TABLE = `
api_token = "linq-token"
from_phone = "+12025551234"
signing_secret = "${SECRET}"
allowed_senders = ["*"]`;
const linq = { module: LinqModule, config: LinqConfig };

let tested: ChannelUnderTest;

beforeAll(async () => {
  tested = await startChannel(linq, { table: TABLE });
});
afterAll(() => tested.stop());
afterEach(() => tested.reconfigure(TABLE));

const hex = (timestamp: string, body: string, secret = SECRET) =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
const verdict = (headers: Record<string, string>, body = '{}') =>
  tested.channel.verify(channelRequest(body, headers, { receivedAt: NOW }));

describe('signatures as ever', () => {
  const signed = (timestamp: string, prefix = '') =>
    verdict({ 'x-webhook-timestamp': timestamp, 'x-webhook-signature': prefix + hex(timestamp, '{}') });

  it.each([
    [0, 'genuine'],
    [-300, 'genuine'],
    [300, 'genuine'],
    [-301, 'replayed'],
    [301, 'replayed'],
    [-86_400, 'replayed'],
  ])('%i s off are %s', (off, expected) => {
    expect(signed(String(SECONDS + off))).toBe(expected);
  });

  it('may have a prefix', () => {
    expect(signed(String(SECONDS), 'sha256=')).toBe('genuine');
  });

  it.each(['', 'now', '-5', '1e9', `${SECONDS}.5`, '9'.repeat(40)])('are none at the time %j', (timestamp) => {
    expect(signed(timestamp)).toBe('signature');
  });

  it('cover the time', () => {
    const signature = hex(String(SECONDS - 1000), '{}');
    expect(verdict({ 'x-webhook-timestamp': String(SECONDS), 'x-webhook-signature': signature })).toBe('signature');
  });

  it('are made with the secret of the environment, when it has one', async () => {
    const env = { ZEROCLAW_LINQ_SIGNING_SECRET: ' from the environment ' };
    const other = await startChannel(linq, { table: TABLE, env });
    const headers = (secret: string) => ({
      'x-webhook-timestamp': String(SECONDS),
      'x-webhook-signature': hex(String(SECONDS), '{}', secret),
    });
    const ask = (secret: string) => other.channel.verify(channelRequest('{}', headers(secret), { receivedAt: NOW }));
    expect(ask('from the environment')).toBe('genuine');
    expect(ask(SECRET)).toBe('signature');
    await other.stop();
  });
});

describe('signatures by Standard Webhooks', () => {
  const sign = (timestamp: string, key = Buffer.from(SECRET.slice(6), 'base64')) =>
    `v1,${createHmac('sha256', key).update(`evt_1.${timestamp}.{}`).digest('base64')}`;
  const headers = (timestamp: string, signature = sign(timestamp)) => ({
    'webhook-id': 'evt_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  });

  it('have the same window', () => {
    expect(verdict(headers(String(SECONDS - 300)))).toBe('genuine');
    expect(verdict(headers(String(SECONDS - 301)))).toBe('replayed');
  });

  it('may stand among others while a secret is changed', () => {
    expect(verdict(headers(String(SECONDS), `v1a,xyz v1,AAAA ${sign(String(SECONDS))}`))).toBe('genuine');
  });

  it('cover the id', () => {
    expect(verdict({ ...headers(String(SECONDS)), 'webhook-id': 'evt_2' })).toBe('signature');
  });

  it('are enough although the old one is wrong, and the other way round', () => {
    const old = { 'x-webhook-timestamp': String(SECONDS), 'x-webhook-signature': hex(String(SECONDS), '{}') };
    expect(verdict({ ...headers(String(SECONDS)), ...old, 'x-webhook-signature': 'no' })).toBe('genuine');
    expect(verdict({ ...headers(String(SECONDS), 'v1,no'), ...old })).toBe('genuine');
  });

  it('cannot be made with the key of an empty secret', async () => {
    await tested.reconfigure(TABLE.replace(SECRET, 'whsec_'));
    expect(verdict(headers(String(SECONDS), sign(String(SECONDS), Buffer.alloc(0))))).toBe('signature');
  });
});

describe('what is missing', () => {
  it.each([
    [
      'from_phone = "+1"\nsigning_secret = "s"',
      /\[channels_config\.linq\]\.api_token is missing: copy the bearer token/,
    ],
    ['api_token = "t"\nsigning_secret = "s"', /\.from_phone is missing: write the number/],
    ['api_token = "t"\nfrom_phone = "+1"', /\.signing_secret is missing: copy it from .*allow_unsigned = true/],
  ])('is said to the operator: %j', async (table, sentence) => {
    await tested.reconfigure(table);
    expect(tested.channel.problem()).toMatch(sentence);
  });
});

describe('reading', () => {
  const original = JSON.parse(fixture('linq', 'received.json').toString()) as { data: Record<string, unknown> };
  const read = (data: Record<string, unknown>, event: Record<string, unknown> = {}) =>
    tested.channel.parse(
      channelRequest(
        JSON.stringify({ ...original, ...event, data: { ...original.data, ...data } }),
        {},
        { receivedAt: NOW },
      ),
    );

  it.each([
    ['[]', 'not_allowed'],
    ['["+12025559876"]', 'allowed'],
    ['["12025559876"]', 'allowed'],
    ['["+1202555987"]', 'not_allowed'],
    ['[""]', 'not_allowed'],
  ])('lets %s in: %s', async (allowed, outcome) => {
    await tested.reconfigure(TABLE.replace('["*"]', allowed));
    expect(read({})?.messages.length === 1 ? 'allowed' : read({})?.ignored.join()).toBe(outcome);
  });

  it.each([
    ['by the message', {}, {}, '89e3566e-1d13-49e5-a8ee-48490d5bfeb7'],
    [
      'by the message of the old form',
      { id: undefined, message: { id: 'm1', parts: [{ type: 'text', value: 'x' }] } },
      {},
      'm1',
    ],
    ['by the event', { id: undefined }, {}, '2915e81c-5068-4796-ace2-21d2c94ad298'],
    ['by its bytes', { id: undefined }, { event_id: undefined }, expect.stringMatching(/^[0-9a-f]{64}$/)],
  ])('names it %s', (_how, data, event, id) => {
    expect(read(data, event)?.messages[0]?.id).toEqual(id);
  });

  it('answers in the chat, or to the number when there is none', () => {
    expect(read({ chat: { id: 4711 } })?.messages[0]?.conversation).toBe('4711');
    expect(read({ chat: undefined })?.messages[0]?.conversation).toBe('+12025559876');
  });

  it('takes the time that there is', () => {
    expect(read({ sent_at: null })?.messages[0]?.sentAt).toBe(Date.parse('2026-02-05T19:31:13.736Z'));
    expect(read({ sent_at: 'soon' }, { created_at: 'never' })?.messages[0]?.sentAt).toBe(NOW);
  });

  it.each([
    ['no parts', { parts: [] }],
    ['blank parts', { parts: [{ type: 'text', value: '  ' }] }],
    ['parts that are none', { parts: 'hello' }],
    ['nobody', { sender_handle: {} }],
    ['a chat beyond all measure', { chat: { id: 'c'.repeat(513) } }],
  ])('starts nothing for %s', (_what, data) => {
    expect(read(data)).toEqual({ messages: [], ignored: ['not_a_message'] });
  });

  it('hands no address of a picture to the agent', () => {
    const url = 'http://169.254.169.254/latest';
    const parsed = read({
      parts: [
        { type: 'media', mime_type: 'image/png', url },
        { type: 'text', value: 'see' },
      ],
    });
    expect(JSON.stringify(parsed)).not.toContain('169.254');
  });

  it.each(['not json', '', '[]', '7'])('refuses %j', (body) => {
    expect(tested.channel.parse(channelRequest(body))).toBeUndefined();
  });
});
