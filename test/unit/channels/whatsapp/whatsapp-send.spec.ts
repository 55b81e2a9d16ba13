import type { InboundMessage } from '../../../../src/channels/core/channel';
import type { DeliveryError } from '../../../../src/channels/core/delivery-error';
import { part, patient, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { startPlatform } from '../../../support/platform-server';
import type { PlatformServer } from '../../../support/platform-server';
import { until } from '../../../support/until';
import { PHONE_NUMBER_ID, whatsapp, WHATSAPP_TABLE } from '../../../support/whatsapp';

const ALICE = '+16505551234';
const PATH = `/v26.0/${PHONE_NUMBER_ID}/messages`;
const ACCEPTED = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '16505551234', wa_id: '16505551234' }],
  messages: [{ id: 'wamid.OUT', message_status: 'accepted' }],
};

let graph: PlatformServer;
let tested: ChannelUnderTest;
const table = (more = '') => `${WHATSAPP_TABLE}\napi_base_url = "${graph.url}/"\n${more}`;

beforeAll(async () => {
  graph = await startPlatform(() => ({ json: ACCEPTED }));
  tested = await startChannel(whatsapp, { table: table() });
});
beforeEach(async () => {
  graph.calls.length = 0;
  await tested.reconfigure(table());
});
afterAll(async () => {
  await tested.stop();
  await graph.stop();
});

const send = (more: Partial<Parameters<typeof part>[0]> = {}, signal = patient()) =>
  tested.channel.send(part({ conversation: ALICE, ...more }), signal);
const failure = (more = {}) =>
  send(more).then(
    () => Promise.reject(new Error('it was sent')),
    ({ failure: kind, message, retryAfterMs, scope }: DeliveryError) => ({ kind, message, retryAfterMs, scope }),
  );

it('sends text in the words of the Cloud API', async () => {
  await send({ id: 'out_7.0', text: 'Grüße 🌍', replyTo: 'wamid.IN' });
  const [call] = graph.calls;
  expect(call).toMatchObject({ method: 'POST', path: PATH });
  expect(call?.headers).toMatchObject({ authorization: 'Bearer EAAG', 'content-type': 'application/json' });
  expect(call?.json).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '16505551234',
    context: { message_id: 'wamid.IN' },
    type: 'text',
    text: { preview_url: false, body: 'Grüße 🌍' },
    biz_opaque_callback_data: 'out_7.0',
  });
});

it('quotes with the first part only', async () => {
  await send({ index: 1, replyTo: 'wamid.IN' });
  expect(graph.calls[0]?.json).not.toHaveProperty('context');
});

it('reaches people who hide their number by their user ID', async () => {
  await send({ conversation: 'US.13491208655302741918' });
  expect(graph.calls[0]?.json).toMatchObject({ recipient: 'US.13491208655302741918' });
  expect(graph.calls[0]?.json).not.toHaveProperty('to');
});

it('follows the configuration as it changes', async () => {
  await tested.reconfigure(table('graph_version = "v27.0"\npreview_url = true'));
  await send();
  expect(graph.calls[0]?.path).toBe(`/v27.0/${PHONE_NUMBER_ID}/messages`);
  expect(graph.calls[0]?.json).toMatchObject({ text: { preview_url: true } });
});

it('takes any success for one, because a second attempt would show the message twice', async () => {
  graph.next({ json: {} }, { json: { messages: [] } }, { status: 204 });
  for (let n = 0; n < 3; n++) await send();
  expect(graph.calls).toHaveLength(3);
});

it('has the limit of WhatsApp', () => {
  expect(tested.channel.limits.maxLength).toBe(4096);
});

describe('failures', () => {
  const error = (code: number, more = {}) => ({
    error: { message: `(#${code}) Words of Meta`, type: 'OAuthException', code, ...more },
  });

  it.each([
    [131047, 400, 'permanent'],
    [131026, 400, 'permanent'],
    [131030, 400, 'permanent'],
    [131009, 400, 'permanent'],
    [100, 400, 'permanent'],
    [130429, 400, 'retry'],
    [131056, 400, 'retry'],
    [80007, 400, 'retry'],
    [4, 400, 'retry'],
    [131000, 500, 'retry'],
    [2, 400, 'retry'],
    [3, 500, 'credentials'],
    [1, 500, 'retry'],
    [1, 400, 'permanent'],
    [190, 401, 'credentials'],
    [190, 400, 'credentials'],
    [10, 403, 'credentials'],
    [200, 403, 'credentials'],
    [131031, 403, 'credentials'],
    [999999, 400, 'permanent'],
    [999999, 503, 'retry'],
  ])('%i with HTTP %i is %s', async (code, status, kind) => {
    graph.next({ status, json: error(code) });
    expect(await failure()).toMatchObject({
      kind,
      message: expect.stringContaining(`(#${code}) Words of Meta`) as string,
    });
  });

  it('knows a number ID that does not exist for a matter of the configuration', async () => {
    graph.next({ status: 400, json: error(100, { error_subcode: 33 }) });
    expect(await failure()).toMatchObject({ kind: 'credentials' });
  });

  it('hands on the details, and what helps', async () => {
    graph.next({ status: 400, json: error(131047, { error_data: { details: 'More than 24 hours have passed.' } }) });
    expect((await failure()).message).toMatch(/Words of Meta: More than 24 hours have passed\.: .*template/);
  });

  it('leaves the platform alone for as long as it wants', async () => {
    graph.next({ status: 429, json: error(130429), headers: { 'retry-after': '17' } });
    expect(await failure()).toMatchObject({ kind: 'retry', retryAfterMs: 17_000, scope: 'channel' });
    graph.next({ status: 400, json: error(131056) });
    expect(await failure()).toMatchObject({ kind: 'retry', retryAfterMs: 6_000, scope: 'conversation' });
  });

  it.each([
    ['a page of a proxy', { status: 502, json: '<html>' }, 'retry'],
    ['an error without a code', { status: 400, json: { error: { message: 'no' } } }, 'permanent'],
    ['an error that is text', { status: 400, json: { error: 'no' } }, 'permanent'],
    ['a code that is text', { status: 400, json: { error: { code: '131056' } } }, 'permanent'],
    ['a page with success', { status: 200, json: '<html>' }, 'credentials'],
    ['another place', { status: 302, headers: { location: 'https://example.com' } }, 'credentials'],
    ['an error with success', { status: 200, json: { error: { code: 131026 } } }, 'permanent'],
  ])('%s', async (_what, answer, kind) => {
    graph.next(answer);
    expect(await failure()).toMatchObject({ kind });
  });

  it('takes a cut connection for no answer', async () => {
    graph.next('cut');
    expect(await failure()).toMatchObject({ kind: 'retry' });
  });

  it('takes a host that is not there for no answer', async () => {
    await tested.reconfigure(table().replace(graph.url, 'http://127.0.0.1:1'));
    expect(await failure()).toMatchObject({ kind: 'retry' });
  });

  it('never says the token', async () => {
    graph.next({ status: 401, json: { error: { code: 190, message: 'Error validating access token' } } });
    expect((await failure()).message).not.toContain('EAAG');
  });

  it('lets go of a stalled call when it is told to', async () => {
    graph.next('stall');
    const cancel = new AbortController();
    const sending = send({}, cancel.signal);
    await until(() => graph.calls.length === 1);
    cancel.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
  });
});

describe('the turn has begun', () => {
  const message: InboundMessage = { id: 'wamid.IN', conversation: ALICE, sender: ALICE, text: 'hi', sentAt: 0 };

  it('is kept to itself by default', async () => {
    await tested.channel.begun?.(message, patient());
    expect(graph.calls).toEqual([]);
  });

  it('shows blue ticks and the typing sign with read_receipts', async () => {
    await tested.reconfigure(table('read_receipts = true'));
    graph.next({ json: { success: true } });
    await tested.channel.begun?.(message, patient());
    expect(graph.calls).toMatchObject([
      {
        method: 'POST',
        path: PATH,
        json: {
          messaging_product: 'whatsapp',
          status: 'read',
          message_id: 'wamid.IN',
          typing_indicator: { type: 'text' },
        },
      },
    ]);
  });

  it('fails aloud when Meta refuses', async () => {
    await tested.reconfigure(table('read_receipts = true'));
    graph.next({ status: 500 });
    await expect(tested.channel.begun?.(message, patient())).rejects.toThrow('HTTP 500');
  });
});
