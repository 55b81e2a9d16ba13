import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { docBlocks } from '../../support/doc-blocks';
import { freePort } from '../../support/free-port';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { startPlatform } from '../../support/platform-server';
import type { PlatformServer } from '../../support/platform-server';
import { runShell, startShell } from '../../support/shell';
import { until } from '../../support/until';

const ROOT = resolve(__dirname, '..', '..', '..');
const PAGE = 'channels/generic-webhook.md';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

test('the examples of docs/channels/generic-webhook.md send a message and take its answer', async () => {
  const port = await freePort();
  const here = (text: string) => text.replaceAll('4000', String(port));
  const [table = ''] = docBlocks(PAGE, 'toml');
  const [receiver = ''] = docBlocks(PAGE, 'js');
  const [sending = ''] = docBlocks(PAGE, 'sh');
  const gateway = await startGateway({ toml: `default_provider = "echo"\n${here(table)}` });
  const file = join(gateway.dir, 'receiver.mjs');
  await writeFile(
    file,
    here(receiver).replace(`'standardwebhooks'`, JSON.stringify(require.resolve('standardwebhooks'))),
  );
  const receiving = startShell(`exec "${process.execPath}" "${file}"`, { cwd: ROOT });
  const answered = await runShell(sending.replace('http://127.0.0.1:42617', gateway.url));
  expect(answered).toBe('{"status":"ok"}');
  await until(() => /^to ada: .*Hello!/m.test(receiving.output()));
  const sent = async () =>
    (await gateway.fetch('/api/channels/generic-webhook/messages?direction=outbound&status=sent')).text();
  await until(async () => (await sent()).includes('Hello!'));
  await receiving.stop();
  await gateway.stop();
});

describe('POST /generic-webhook', () => {
  let receiver: PlatformServer;
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    receiver = await startPlatform();
    gateway = await startGateway({
      toml: `default_provider = "echo"
[channels_config.generic_webhook]
url = "${receiver.url}/replies"
signing_secret = "${SECRET}"
allowed_senders = ["*"]`,
    });
  });
  beforeEach(() => void (receiver.calls.length = 0));
  afterAll(async () => {
    await gateway.stop();
    await receiver.stop();
  });

  async function deliver(event: object, { id = 'msg_1', at = Date.now() } = {}) {
    const body = JSON.stringify(event);
    const response = await fetch(`${gateway.url}/generic-webhook`, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': new Webhook(SECRET).sign(id, new Date(at), body),
      },
    });
    return { ...((await response.json()) as { error?: string }), status: response.status };
  }

  it('answers a message once, however often it is delivered, signed and with what was to be handed back', async () => {
    const event = {
      type: 'message',
      sender: 'ada',
      conversation: 'room-7',
      text: 'What is new?',
      reply_to: 'thread-3',
    };
    for (let n = 0; n < 3; n++) expect(await deliver(event)).toMatchObject({ status: 200 });
    await deliver({ ...event, text: 'And now?' }, { id: 'msg_2' });
    await until(() => receiver.taken.length === 2);
    const [first, second] = receiver.taken;
    expect(first?.json).toMatchObject({ type: 'reply', conversation: 'room-7', reply_to: 'thread-3', index: 0 });
    expect([first?.body, second?.body]).toEqual([
      expect.stringContaining('What is new?'),
      expect.stringContaining('And now?'),
    ]);
    for (const { body, headers } of receiver.taken) {
      expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({
        id: headers['webhook-id'],
      });
    }
  });

  it('sends the same part again after a rate limit', async () => {
    receiver.next({ status: 429, headers: { 'retry-after': '0' } });
    await deliver({ type: 'message', sender: 'bob', text: 'Hi' }, { id: 'msg_3' });
    await until(() => receiver.taken.length === 1);
    expect(receiver.calls.map(({ status }) => status)).toEqual([429, 200]);
    expect(receiver.calls[1]?.body).toBe(receiver.calls[0]?.body);
  });

  it('says what is wrong with a message, and takes other events', async () => {
    expect(await deliver({ type: 'message', sender: 'ada' })).toMatchObject({
      status: 400,
      error: '"text" must be a text that is not empty',
    });
    expect(await deliver({ type: 'room.joined' })).toMatchObject({ status: 200 });
  });

  it('refuses what was signed too long ago', async () => {
    const late = await deliver(
      { type: 'message', sender: 'ada', text: 'Hi' },
      { id: 'msg_4', at: Date.now() - 301_000 },
    );
    expect(late).toMatchObject({ status: 401, error: 'Invalid signature' });
  });
});
