import type { InboundMessage } from '../../../../src/channels/core/channel';
import type { DeliveryError } from '../../../../src/channels/core/delivery-error';
import { LinqConfig } from '../../../../src/channels/linq/linq.config';
import { LinqModule } from '../../../../src/channels/linq/linq.module';
import { part, patient, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { startPlatform } from '../../../support/platform-server';
import type { PlatformServer } from '../../../support/platform-server';
import { until } from '../../../support/until';

const CHAT = '8f392755-6865-4b18-880a-227f9d8b458f';
const ACCEPTED = { chat_id: CHAT, message: { id: 'm-out', parts: [], delivery_status: 'pending' } };

let linq: PlatformServer;
let tested: ChannelUnderTest;
const table = (more = '') => `
api_token = "linq-token"
from_phone = "+12025551234"
signing_secret = "s"
api_base_url = "${linq.url}/api/partner/v3/"
${more}`;

beforeAll(async () => {
  linq = await startPlatform(() => ({ status: 202, json: ACCEPTED }));
  tested = await startChannel({ module: LinqModule, config: LinqConfig }, { table: table() });
});
beforeEach(async () => {
  linq.calls.length = 0;
  await tested.reconfigure(table());
});
afterAll(async () => {
  await tested.stop();
  await linq.stop();
});

const send = (more: Partial<Parameters<typeof part>[0]> = {}, signal = patient()) =>
  tested.channel.send(part({ conversation: CHAT, ...more }), signal);
const failure = (more = {}) =>
  send(more).then(
    () => Promise.reject(new Error('it was sent')),
    ({ failure: kind, message, retryAfterMs, scope }: DeliveryError) => ({ kind, message, retryAfterMs, scope }),
  );
const error = (status: number, code: number, more = {}) => ({
  status,
  json: { success: false, error: { status, code, message: 'Words of Linq', ...more }, trace_id: 'trace-1' },
});

it('sends text in the words of the Partner API', async () => {
  await send({ id: 'out_7-0', text: 'Grüße 🌍' });
  const [call] = linq.calls;
  expect(call).toMatchObject({ method: 'POST', path: `/api/partner/v3/chats/${CHAT}/messages` });
  expect(call?.headers).toMatchObject({ authorization: 'Bearer linq-token', 'content-type': 'application/json' });
  expect(call?.json).toEqual({
    message: { parts: [{ type: 'text', value: 'Grüße 🌍' }], idempotency_key: 'out_7-0' },
  });
});

it('has an idempotency key for every part, the same each time', async () => {
  await send({ id: 'out 7/0' });
  await send({ id: 'out 7/0', attempt: 1 });
  await send({ id: 'out 7/1' });
  const keys = linq.calls.map(({ json }) => (json as { message: { idempotency_key: string } }).message.idempotency_key);
  expect(keys[0]).toMatch(/^[\w-]+$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

it.each([
  ['a/b?c#d', 'a%2Fb%3Fc%23d'],
  ['../../v2/chats', '..%2F..%2Fv2%2Fchats'],
  ['+12025559876', '%2B12025559876'],
])('escapes the chat %j', async (conversation, escaped) => {
  await send({ conversation });
  expect(linq.calls[0]?.path).toBe(`/api/partner/v3/chats/${escaped}/messages`);
});

it.each(['.', '..'])('calls nobody for the chat %j', async (conversation) => {
  expect(await failure({ conversation })).toMatchObject({ kind: 'permanent' });
  expect(linq.calls).toEqual([]);
});

it('takes any success for one', async () => {
  linq.next({ json: {} }, { status: 204 });
  await send();
  await send();
  expect(linq.calls).toHaveLength(2);
});

it('has the limits of Linq', () => {
  expect(tested.channel.limits).toEqual({ maxLength: 10_000, perSecond: 1 });
});

describe('a chat that is not there', () => {
  it('is opened when the conversation is a number', async () => {
    linq.next(error(404, 3001), { status: 201, json: { chat: { id: CHAT } } });
    await send({ conversation: '+12025559876', text: 'hi' });
    expect(linq.calls[1]).toMatchObject({ method: 'POST', path: '/api/partner/v3/chats' });
    expect(linq.calls[1]?.json).toEqual({
      from: '+12025551234',
      to: ['+12025559876'],
      message: { parts: [{ type: 'text', value: 'hi' }], idempotency_key: expect.any(String) as string },
    });
  });

  it.each([CHAT, '4711', 'alice@example.com', '+1x'])('is no number to call: %s', async (conversation) => {
    linq.next(error(404, 3001));
    expect(await failure({ conversation })).toMatchObject({ kind: 'permanent' });
    expect(linq.calls).toHaveLength(1);
  });

  it('fails with the words of the second call', async () => {
    linq.next(error(404, 3001), error(403, 2006));
    expect(await failure({ conversation: '+12025559876' })).toMatchObject({
      kind: 'credentials',
      message: '2006 Words of Linq (trace trace-1)',
    });
  });
});

describe('failures', () => {
  it.each([
    [400, 1002, 'permanent'],
    [401, 2004, 'credentials'],
    [403, 2005, 'credentials'],
    [404, 3001, 'permanent'],
    [409, 1009, 'retry'],
    [429, 1007, 'retry'],
    [500, 4001, 'retry'],
    [503, 4002, 'retry'],
  ])('HTTP %i with %i is %s', async (status, code, kind) => {
    linq.next(error(status, code));
    expect(await failure()).toMatchObject({ kind, message: `${code} Words of Linq (trace trace-1)` });
  });

  it('leaves the platform alone for as long as it wants', async () => {
    linq.next({ ...error(429, 1007, { retry_after: 99 }), headers: { 'retry-after': '42' } });
    expect(await failure()).toMatchObject({ retryAfterMs: 42_000 });
    linq.next(error(429, 1007, { retry_after: 12 }));
    expect(await failure()).toMatchObject({ retryAfterMs: 12_000, scope: 'conversation' });
    linq.next(error(503, 4002));
    expect(await failure()).toMatchObject({ scope: 'channel' });
    linq.next(error(429, 1007, { retry_after: 'soon' }));
    expect((await failure()).retryAfterMs).toBeUndefined();
  });

  it.each([
    ['a page of a proxy', { status: 502, json: '<html>' }, 'retry'],
    ['an error that is text', { status: 400, json: { error: 'no' } }, 'permanent'],
    ['a page with success', { status: 200, json: '<html>' }, 'credentials'],
    ['another place', { status: 301, headers: { location: 'https://example.com' } }, 'credentials'],
    ['an error with success', { status: 200, json: { error: { code: 1002, message: 'no' } } }, 'permanent'],
  ])('%s', async (_what, answer, kind) => {
    linq.next(answer);
    expect(await failure()).toMatchObject({ kind });
  });

  it('takes a cut connection for no answer', async () => {
    linq.next('cut');
    expect(await failure()).toMatchObject({ kind: 'retry' });
  });

  it('lets go of a stalled call when it is told to', async () => {
    linq.next('stall');
    const cancel = new AbortController();
    const sending = send({}, cancel.signal);
    await until(() => linq.calls.length === 1);
    cancel.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
  });
});

describe('the turn has begun', () => {
  const message: InboundMessage = { id: 'm', conversation: CHAT, sender: '+1', text: 'hi', sentAt: 0 };

  it('is kept to itself by default', async () => {
    await tested.channel.begun?.(message, patient());
    expect(linq.calls).toEqual([]);
  });

  it('marks the chat as read and shows the typing sign with read_receipts', async () => {
    await tested.reconfigure(table('read_receipts = true'));
    linq.next({ status: 204 }, { status: 204 });
    await tested.channel.begun?.(message, patient());
    const chat = `/api/partner/v3/chats/${CHAT}`;
    expect(linq.calls.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', `${chat}/read`, ''],
      ['POST', `${chat}/typing`, ''],
    ]);
  });
});
