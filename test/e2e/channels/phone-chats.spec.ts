import { createHmac } from 'node:crypto';
import { fixture } from '../../support/channel';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { startPlatform } from '../../support/platform-server';
import type { PlatformServer, Trick } from '../../support/platform-server';
import { until } from '../../support/until';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';
import { hubSignature, WHATSAPP_TABLE } from '../../support/whatsapp';

const ANSWER = 'In blue, too.';
const LINQ_CHAT = '8f392755-6865-4b18-880a-227f9d8b458f';

let models: MockModels;
let platform: PlatformServer;
let gateway: GatewayUnderTest;
/** What becomes of the next answers, signs of reading aside. */
let refusals: Trick[];

beforeAll(async () => {
  models = await startMockModels();
  await models.answer({ match: { userMessage: 'another color' }, response: { content: ANSWER } });
  await models.answer({ match: { userMessage: 'Hello!' }, response: { content: ANSWER } });
});
afterAll(() => models.stop());

beforeEach(async () => {
  refusals = [];
  platform = await startPlatform(({ path, json }) => {
    if (isSign(json)) return { json: { success: true } };
    const refusal = refusals.shift();
    if (refusal !== undefined) return refusal;
    if (!path.startsWith('/v26.0/')) return { status: 202, json: { chat_id: LINQ_CHAT, message: { id: 'm-out' } } };
    return { json: { messaging_product: 'whatsapp', messages: [{ id: 'wamid.OUT' }] } };
  });
  gateway = await startGateway({
    toml: `default_provider = "custom:${models.url}/v1"
default_model = "m"
api_key = "k"
[channels_config]
max_message_age_secs = 0
[channels_config.whatsapp]${WHATSAPP_TABLE}
api_base_url = "${platform.url}"
read_receipts = true
[channels_config.linq]
api_token = "linq-token"
from_phone = "+12025551234"
signing_secret = "linq secret"
allowed_senders = ["+12025559876"]
api_base_url = "${platform.url}/partner/v3"`,
  });
});
afterEach(async () => {
  await gateway.stop();
  await platform.stop();
});

const whatsapp = (file: string, secret = 'app secret') => {
  const body = fixture('whatsapp', file).toString();
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${hubSignature(body, secret)}` };
  return fetch(`${gateway.url}/whatsapp`, { method: 'POST', body, headers });
};
const linq = (file: string, seconds = Math.floor(Date.now() / 1000)) => {
  const body = fixture('linq', file).toString();
  const signature = createHmac('sha256', 'linq secret').update(`${seconds}.${body}`).digest('hex');
  const headers = { 'x-webhook-timestamp': String(seconds), 'x-webhook-signature': signature };
  return fetch(`${gateway.url}/linq`, { method: 'POST', body, headers });
};
const isSign = (json: unknown) => (json as { status?: unknown } | undefined)?.status === 'read';
const sent = () => platform.calls.filter(({ json }) => !isSign(json));
const signs = () => platform.calls.filter(({ json }) => isSign(json));

describe('WhatsApp', () => {
  it('checks the address in plain text', async () => {
    const ask = (query: string) => fetch(`${gateway.url}/whatsapp?${query}`);
    const right = await ask('hub.mode=subscribe&hub.verify_token=open%20sesame&hub.challenge=1158201444');
    expect([right.status, right.headers.get('content-type'), await right.text()]).toEqual([
      200,
      expect.stringContaining('text/plain'),
      '1158201444',
    ]);
    const bare = await ask('hub.mode=subscribe&hub.verify_token=open%20sesame');
    expect([bare.status, await bare.text()]).toEqual([400, 'Missing hub.challenge']);
    const wrong = await ask('hub.mode=subscribe&hub.verify_token=sesame&hub.challenge=1');
    expect([wrong.status, await wrong.text()]).toEqual([403, 'Forbidden']);
  });

  it('is answered with a quote, once, and shows blue ticks', async () => {
    for (let n = 0; n < 3; n++) expect((await whatsapp('text.json')).status).toBe(200);
    await until(() => sent().length === 1);
    await until(() => signs().length === 1);
    expect(signs()[0]?.json).toMatchObject({ typing_indicator: { type: 'text' } });
    expect(sent()[0]?.json).toMatchObject({
      to: '16505551234',
      context: { message_id: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=' },
      text: { body: ANSWER },
    });
    expect(await (await whatsapp('text.json')).json()).toEqual({ status: 'ok' });
    expect(platform.calls).toHaveLength(2);
  });

  it('tells people what it cannot read, without asking a model', async () => {
    const asked = (await models.requests()).length;
    await whatsapp('sticker.json');
    await until(() => sent().length === 1);
    expect(sent()[0]?.json).toMatchObject({
      text: { body: expect.stringContaining('cannot read stickers') as string },
    });
    expect((await models.requests()).length).toBe(asked);
  });

  it('lets receipts, strangers and forgers start nothing', async () => {
    expect((await whatsapp('status-delivered.json')).status).toBe(200);
    expect((await whatsapp('text-stranger.json')).status).toBe(200);
    const forged = await whatsapp('text.json', 'guessed');
    expect(forged.status).toBe(401);
    expect(await forged.json()).toMatchObject({ error: 'Invalid signature' });
    await whatsapp('text-quoting.json');
    await until(() => sent().length === 1);
    expect(sent()[0]?.json).toMatchObject({ to: '16505551234' });
  });

  it('sends again after a rate limit, and shows what never arrives', async () => {
    const error = (code: number) => ({ status: 400, json: { error: { code, message: `(#${code}) no` } } });
    refusals.push(error(131026));
    await whatsapp('text.json');
    const dead = async () =>
      (await (await gateway.fetch('/api/channels/whatsapp/messages?direction=outbound&status=dead')).json()) as object;
    await until(async () => JSON.stringify(await dead()).includes('(#131026) no'));
    refusals.push({ ...error(130429), headers: { 'retry-after': '0' } });
    await whatsapp('text-quoting.json');
    await until(() => sent().length === 3);
    expect(sent().map(({ status }) => status)).toEqual([400, 400, 200]);
  });
});

describe('Linq', () => {
  it('is answered in the chat, once, whichever event brings the message', async () => {
    expect((await linq('received.json')).status).toBe(200);
    expect((await linq('received-redelivered.json')).status).toBe(200);
    await until(() => sent().length === 1);
    expect(sent()[0]).toMatchObject({
      path: `/partner/v3/chats/${LINQ_CHAT}/messages`,
      json: { message: { parts: [{ type: 'text', value: ANSWER }], idempotency_key: expect.any(String) as string } },
    });
    await linq('received-picture.json');
    await until(() => sent().length === 2);
    expect(JSON.stringify(sent()[1]?.json)).toContain('I cannot open pictures');
  });

  it('refuses what was signed too long ago', async () => {
    const response = await linq('received.json', Math.floor(Date.now() / 1000) - 301);
    expect(response.status).toBe(401);
  });
});

it('the status says which channels are configured', async () => {
  expect(await (await gateway.fetch('/api/status')).json()).toMatchObject({
    channels: { WhatsApp: true, Linq: true, GitHub: false, 'Nextcloud Talk': false },
  });
});

describe('without their tables', () => {
  it.each(['whatsapp', 'linq'])('%s is not configured', async (name) => {
    const bare = await startGateway();
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${bare.url}/${name}`, { method });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain(`${name === 'linq' ? 'Linq' : 'WhatsApp'} not configured`);
    }
    await bare.stop();
  });

  it('a table of the QR client is loaded and configures nothing, and GET /api/channels says why', async () => {
    const web = await startGateway({
      toml: '[channels_config.whatsapp]\nsession_path = "/tmp/wa"\npair_phone = "1"\n',
    });
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${web.url}/whatsapp`, { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: 'WhatsApp not configured' });
    }
    const { channels } = (await (await web.fetch('/api/channels')).json()) as { channels: { name: string }[] };
    expect(channels.find(({ name }) => name === 'whatsapp')).toMatchObject({
      configured: false,
      status: 'off',
      problem: expect.stringContaining('QR client') as string,
    });
    await web.stop();
  });
});
