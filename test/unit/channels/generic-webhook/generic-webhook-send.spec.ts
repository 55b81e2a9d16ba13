import { Webhook } from 'standardwebhooks';
import type { DeliveryError } from '../../../../src/channels/core/delivery-error';
import { GenericWebhookConfig } from '../../../../src/channels/generic-webhook/generic-webhook.config';
import { GenericWebhookModule } from '../../../../src/channels/generic-webhook/generic-webhook.module';
import { part, patient, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { startPlatform } from '../../../support/platform-server';
import type { PlatformCall, PlatformServer, Trick } from '../../../support/platform-server';
import { until } from '../../../support/until';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

let receiver: PlatformServer;
let tested: ChannelUnderTest;
const table = (secrets = `signing_secret = "${OLD}"`) => `url = "${receiver.url}/replies?key=1"\n${secrets}`;
const verified = (secret: string, { body, headers }: PlatformCall) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

/** A receiver as the documentation describes one: takes what is signed, and nothing else. */
function receive(call: PlatformCall): Trick {
  try {
    verified(OLD, call);
  } catch {
    return { status: 401, json: { error: 'not signed' } };
  }
  return call.path === '/replies?key=1' && call.method === 'POST' ? { status: 204 } : { status: 404 };
}

beforeAll(async () => {
  receiver = await startPlatform(receive);
  tested = await startChannel({ module: GenericWebhookModule, config: GenericWebhookConfig }, { table: table() });
});
beforeEach(async () => {
  receiver.calls.length = 0;
  await tested.reconfigure(table());
});
afterAll(async () => {
  await tested.stop();
  await receiver.stop();
});

const send = (more: Partial<Parameters<typeof part>[0]> = {}, signal = patient()) =>
  tested.channel.send(part({ conversation: 'room-7', ...more }), signal);
const failure = (more = {}) =>
  send(more).then(
    () => Promise.reject(new Error('it was sent')),
    ({ failure: kind, message, retryAfterMs }: DeliveryError) => ({ kind, message, retryAfterMs }),
  );

it('posts a signed reply', async () => {
  await send({ id: 'out_7.1', text: 'Grüße 🌍', replyTo: 'm-1', index: 1 });
  const [call] = receiver.taken;
  expect(call).toMatchObject({ method: 'POST', path: '/replies?key=1' });
  expect(call?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'out_7.1' });
  expect(call?.json).toEqual({
    type: 'reply',
    id: 'out_7.1',
    conversation: 'room-7',
    reply_to: 'm-1',
    text: 'Grüße 🌍',
    index: 1,
  });
});

it('has nothing to quote for what nobody asked', async () => {
  await send();
  expect(receiver.taken[0]?.json).toMatchObject({ reply_to: null });
});

it('sends the same id with every attempt', async () => {
  receiver.next('cut');
  expect(await failure({ id: 'out_8.0' })).toMatchObject({ kind: 'retry' });
  await send({ id: 'out_8.0', attempt: 1 });
  expect(receiver.calls.map(({ headers }) => headers['webhook-id'])).toEqual(['out_8.0', 'out_8.0']);
  expect(receiver.calls[1]?.body).toBe(receiver.calls[0]?.body);
});

it('signs with every secret while one is replaced', async () => {
  await tested.reconfigure(table(`signing_secret = "${NEW} ${OLD}"`));
  await send();
  const [call] = receiver.taken;
  if (!call) throw new Error('nothing arrived');
  expect(verified(OLD, call)).toEqual(verified(NEW, call));
  expect(String(call.headers['webhook-signature']).split(' ')).toHaveLength(2);
});

it('signs nothing without a secret', async () => {
  await tested.reconfigure(table('allow_unsigned = true'));
  receiver.next({ status: 202 });
  await send();
  expect(receiver.taken[0]?.headers).not.toHaveProperty('webhook-signature');
});

it('sends half a character as one that can be read', async () => {
  await send({ text: 'half \ud83c' });
  expect(receiver.taken[0]?.json).toMatchObject({ text: 'half \ufffd' });
});

it('has parts as long as the operator says', async () => {
  expect(tested.channel.limits).toEqual({ maxLength: 10_000 });
  await tested.reconfigure(table(`signing_secret = "${OLD}"\nmax_length = 280`));
  expect(tested.channel.limits).toEqual({ maxLength: 280 });
});

describe('what the receiver says', () => {
  it.each([200, 201, 202, 204])('%i confirms', async (status) => {
    receiver.next({ status, json: 'a page' });
    await send();
    expect(receiver.taken).toHaveLength(1);
  });

  it.each([
    [301, 'credentials'],
    [400, 'permanent'],
    [401, 'credentials'],
    [403, 'credentials'],
    [404, 'credentials'],
    [405, 'credentials'],
    [408, 'retry'],
    [410, 'permanent'],
    [413, 'permanent'],
    [422, 'permanent'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
  ])('HTTP %i is %s', async (status, kind) => {
    receiver.next({ status, json: { error: 'words of the receiver' } });
    const failed = await failure();
    expect(failed).toMatchObject({ kind, message: expect.stringContaining(`HTTP ${status}`) as string });
    expect(failed.message).toContain('words of the receiver');
  });

  it('says where a wrong address stands', async () => {
    receiver.next({ status: 404 });
    expect((await failure()).message).toMatch(
      /^\[channels_config\.generic_webhook\]\.url does not take answers: HTTP 404/,
    );
  });

  it.each([429, 503])('leaves it alone for as long as %i wants', async (status) => {
    receiver.next({ status, headers: { 'retry-after': '42' } });
    expect(await failure()).toMatchObject({ kind: 'retry', retryAfterMs: 42_000 });
  });

  it('does not follow it elsewhere', async () => {
    receiver.next({ status: 307, headers: { location: `${receiver.url}/elsewhere` } });
    await failure();
    expect(receiver.calls).toHaveLength(1);
  });

  it('lets go of a stalled call when it is told to', async () => {
    receiver.next('stall');
    const cancel = new AbortController();
    const sending = send({}, cancel.signal);
    await until(() => receiver.calls.length === 1);
    cancel.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
  });

  it('tries again when nobody is there', async () => {
    await tested.reconfigure(table().replace(receiver.url, 'http://127.0.0.1:9'));
    expect(await failure()).toMatchObject({ kind: 'retry' });
  });
});
