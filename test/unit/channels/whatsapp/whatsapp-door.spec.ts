import { Logger } from '@nestjs/common';
import { channelRequest, fixture, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { delivery, hubSignature, whatsapp, WHATSAPP_TABLE } from '../../../support/whatsapp';

let tested: ChannelUnderTest;

beforeAll(async () => {
  tested = await startChannel(whatsapp, { table: WHATSAPP_TABLE });
});
afterAll(() => tested.stop());
afterEach(() => tested.reconfigure(WHATSAPP_TABLE));

describe('the verification of the address', () => {
  const shake = (query: Record<string, string>) =>
    tested.channel.handshake?.(channelRequest('', {}, { method: 'GET', query: new URLSearchParams(query) }));
  const right = { 'hub.mode': 'subscribe', 'hub.verify_token': 'open sesame', 'hub.challenge': '1158201444' };

  it('echoes the challenge to who knows the token', () => {
    expect(shake(right)).toEqual({ status: 200, body: '1158201444' });
  });

  it('says when the challenge is missing', () => {
    const { 'hub.challenge': _left, ...without } = right;
    expect(shake(without)).toEqual({ status: 400, body: 'Missing hub.challenge' });
  });

  it.each([
    ['another token', { ...right, 'hub.verify_token': 'open sesam' }],
    ['no token', { ...right, 'hub.verify_token': '' }],
    ['another mode', { ...right, 'hub.mode': 'unsubscribe' }],
    ['nothing', {}],
  ])('tells %s that it is forbidden', (_what, query) => {
    expect(shake(query)).toEqual({ status: 403, body: 'Forbidden' });
  });

  it('knows nobody while there is no token', async () => {
    await tested.reconfigure('phone_number_id = "1"');
    expect(shake({ ...right, 'hub.verify_token': '' })).toEqual({ status: 403, body: 'Forbidden' });
  });
});

describe('signatures', () => {
  const verdict = (body: string, signature: string) =>
    tested.channel.verify(channelRequest(body, { 'x-hub-signature-256': signature }));

  it.each(['', '{}', '{"text":"Grüße 🌍"}'])('are checked over the bytes of %j', (body) => {
    expect(verdict(body, `sha256=${hubSignature(body, 'app secret')}`)).toBe('genuine');
  });

  it('need the prefix as Meta writes it, and exactly 64 digits', () => {
    const hex = hubSignature('{}', 'app secret');
    for (const wrong of [
      hex,
      `SHA256=${hex}`,
      `sha1=${hex}`,
      `sha256=${hex}00`,
      `sha256=${hex.slice(2)}`,
      'sha256=',
      `sha256=${'g'.repeat(64)}`,
    ]) {
      expect([wrong, verdict('{}', wrong)]).toEqual([wrong, 'signature']);
    }
  });

  it('are made with the secret of the environment, when it has one', async () => {
    const other = await startChannel(whatsapp, {
      table: WHATSAPP_TABLE,
      env: { ZEROCLAW_WHATSAPP_APP_SECRET: '  from the environment\n' },
    });
    const request = (secret: string) =>
      channelRequest('{}', { 'x-hub-signature-256': `sha256=${hubSignature('{}', secret)}` });
    expect(other.channel.verify(request('from the environment'))).toBe('genuine');
    expect(other.channel.verify(request('app secret'))).toBe('signature');
    await other.stop();
  });
});

describe('its table', () => {
  it.each([
    ['session_path = "/tmp/wa"\npair_phone = "1"', false],
    ['allowed_numbers = ["*"]', false],
    ['phone_number_id = "1"', true],
    ['session_path = "/tmp/wa"\naccess_token = "a"', true],
    ['app_secret = "s"', true],
  ])('%j is for the Cloud API: %s', async (table, chosen) => {
    await tested.reconfigure(table);
    expect(tested.channel.chosen?.()).toBe(chosen);
  });
});

describe('what is missing', () => {
  it.each([
    ['session_path = "/tmp/wa"', /phone_number_id, access_token and verify_token.*QR client/],
    [
      'access_token = "a"\nverify_token = "b"',
      /\[channels_config\.whatsapp\]\.phone_number_id is missing: copy it from/,
    ],
    ['phone_number_id = "1"\nverify_token = "b"', /\.access_token is missing: generate one/],
    ['phone_number_id = "1"\naccess_token = " "\nverify_token = "b"', /\.access_token is missing/],
    ['phone_number_id = "1"\naccess_token = "a"', /\.verify_token is missing: write the words/],
    [
      'phone_number_id = "1"\naccess_token = "a"\nverify_token = "b"',
      /\.app_secret is missing: copy it from .*allow_unsigned = true/,
    ],
  ])('is said to the operator: %j', async (table, sentence) => {
    await tested.reconfigure(table);
    expect(tested.channel.problem()).toMatch(sentence);
  });
});

describe('who may write', () => {
  const parsed = async (allowed: string, message: Record<string, unknown> = {}) => {
    await tested.reconfigure(`${WHATSAPP_TABLE.replace(/allowed_numbers = .*/, `allowed_numbers = ${allowed}`)}`);
    const { messages, ignored } = tested.channel.parse(delivery(message)) ?? { messages: [], ignored: [] };
    return messages.length > 0 ? 'allowed' : ignored.join();
  };

  it.each([
    ['[]', 'not_allowed'],
    ['["*"]', 'allowed'],
    ['["+16505551234"]', 'allowed'],
    ['["16505551234"]', 'allowed'],
    ['["+1650555123"]', 'not_allowed'],
    ['["+165055512345"]', 'not_allowed'],
    ['["+1*"]', 'not_allowed'],
    ['[""]', 'not_allowed'],
  ])('%s: %s', async (allowed, outcome) => {
    expect(await parsed(allowed)).toBe(outcome);
  });

  it('knows people who hide their number by their user ID', async () => {
    const hidden = { from: undefined, from_user_id: 'US.1349' };
    expect(await parsed('["US.1349"]', hidden)).toBe('allowed');
    expect(await parsed('["+1349"]', hidden)).toBe('not_allowed');
  });
});

describe('reading', () => {
  const read = (message: Record<string, unknown>, phoneNumberId?: string) =>
    tested.channel.parse(delivery(message, phoneNumberId));

  it.each([undefined, '', 'soon', '0', '-5', '1e9', '99999999999999999999', 1.5])(
    'takes %j for no time',
    (timestamp) => {
      expect(read({ timestamp })?.messages[0]?.sentAt).toBe(1_750_000_000_000);
    },
  );

  it('takes the number of a message as it is', () => {
    expect(read({ from: '+16505551234' })?.messages[0]?.sender).toBe('+16505551234');
  });

  it.each([
    ['no text', { text: undefined }],
    ['blank text', { text: { body: ' \n ' } }],
    ['no id', { id: undefined }],
    ['an id beyond all measure', { id: 'w'.repeat(513) }],
    ['nobody', { from: undefined }],
    ['a kind of tomorrow', { type: 'hologram' }],
    ['a kind named like a method', { type: 'constructor' }],
    ['an edit', { type: 'edit', edit: { message: { type: 'text', text: { body: 'hi!' } } } }],
  ])('starts nothing for %s', (_what, message) => {
    expect(read(message)).toEqual({ messages: [], ignored: ['not_a_message'] });
  });

  it('reads text of messages that name no kind', () => {
    expect(read({ type: undefined })?.messages[0]?.text).toBe('hi');
  });

  it('leaves messages to other numbers of the app alone', () => {
    expect(read({}, '999')).toEqual({ messages: [], ignored: ['not_mentioned'] });
  });

  it('sees its own words from the app on a phone', () => {
    const value = {
      message_echoes: [{ from: '15550783881', to: '16505551234', id: 'wamid.E', type: 'text', text: { body: 'x' } }],
    };
    const body = JSON.stringify({ entry: [{ changes: [{ value, field: 'smb_message_echoes' }] }] });
    expect(tested.channel.parse(channelRequest(body))).toEqual({ messages: [], ignored: ['own'] });
  });

  it.each(['not json', '', '[]', '"text"', 'null'])('refuses %j', (body) => {
    expect(tested.channel.parse(channelRequest(body))).toBeUndefined();
  });

  it.each(['{}', '{"entry":[]}', '{"entry":[{"changes":null}]}'])('finds nothing in %j', (body) => {
    expect(tested.channel.parse(channelRequest(body))).toEqual({ messages: [], ignored: [] });
  });
});

describe('failures that Meta reports later', () => {
  const warnings: { part: string; words: string }[] = [];
  beforeAll(() =>
    Logger.overrideLogger({
      log: () => undefined,
      error: () => undefined,
      warn: ({ part }: { part: string }, words: string) => void warnings.push({ part, words }),
    }),
  );
  afterAll(() => Logger.overrideLogger(false));
  afterEach(() => void warnings.splice(0));

  const report = (value: object) => channelRequest(JSON.stringify({ entry: [{ changes: [{ value }] }] }));

  it('are logged with the part and the reason, without the number', () => {
    expect(tested.channel.parse(channelRequest(fixture('whatsapp', 'status-failed.json')))?.ignored).toEqual([
      'not_a_message',
    ]);
    expect(warnings).toEqual([
      { part: 'out_1.0', words: expect.stringContaining('131049 This message was not delivered') as string },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('16505551234');
  });

  it('are logged when they are about the account', () => {
    tested.channel.parse(report({ errors: [{ code: 130429, title: 'Rate limit hit' }] }));
    expect(warnings).toEqual([{ part: '', words: expect.stringContaining('130429 Rate limit hit') as string }]);
  });

  it('are logged when Meta gives no reason', () => {
    tested.channel.parse(report({ statuses: [{ id: 'wamid.X', status: 'failed' }] }));
    expect(warnings).toEqual([{ part: '', words: expect.stringContaining('no reason given') as string }]);
  });

  it('do not flood the log', () => {
    tested.channel.parse(
      report({ statuses: Array.from({ length: 500 }, (_, n) => ({ id: `wamid.${n}`, status: 'failed' })) }),
    );
    expect(warnings).toHaveLength(20);
  });
});
