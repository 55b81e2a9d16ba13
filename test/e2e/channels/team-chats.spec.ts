import { createHmac } from 'node:crypto';
import { fixture } from '../../support/channel';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { startPlatform } from '../../support/platform-server';
import type { PlatformServer } from '../../support/platform-server';
import { until } from '../../support/until';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const RANDOM = 'r'.repeat(64);
const TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const ANSWER = 'It rains **today**.';
const hmac = (...pieces: string[]) => createHmac('sha256', SECRET).update(pieces.join('')).digest('hex');

let models: MockModels;
let platform: PlatformServer;
let gateway: GatewayUnderTest;
/** Telegram repeats the address that it was asked for, as a proxy might. */
let repeatsAddress: boolean;

beforeAll(async () => {
  models = await startMockModels();
  await models.answer({ match: { userMessage: 'what is new' }, response: { content: ANSWER } });
});
afterAll(() => models.stop());

beforeEach(async () => {
  repeatsAddress = false;
  platform = await startPlatform(({ path }) => {
    if (path.startsWith('/ocs/')) return { status: 201, json: { ocs: { data: null } } };
    return repeatsAddress ? { status: 400, json: { ok: false, description: `no ${path}` } } : { json: { ok: true } };
  });
  gateway = await startGateway({
    toml: `default_provider = "custom:${models.url}/v1"
default_model = "m"
api_key = "k"
[channels_config.nextcloud_talk]
base_url = "${platform.url}"
webhook_secret = "${SECRET}"
allowed_users = ["ada-lovelace"]
[channels_config.telegram]
api_base_url = "${platform.url}"
bot_token = "${TOKEN}"
webhook_secret = "${SECRET}"
allowed_users = ["1111111"]
[channels_config.slack]
api_base_url = "${platform.url}"
bot_token = "xoxb-1"
signing_secret = "${SECRET}"
allowed_users = ["U061F7AUR"]`,
  });
});
afterEach(async () => {
  await gateway.stop();
  await platform.stop();
});

/** Delivers a body of the platform's, signed as the platform does. */
async function deliver(channel: 'nextcloud-talk' | 'telegram' | 'slack', payload: object, wrong = '') {
  const body = JSON.stringify(payload);
  const now = String(Math.floor(Date.now() / 1000));
  const headers = {
    'nextcloud-talk': { 'X-Nextcloud-Talk-Random': RANDOM, 'X-Nextcloud-Talk-Signature': hmac(RANDOM, body, wrong) },
    telegram: { 'X-Telegram-Bot-Api-Secret-Token': SECRET + wrong },
    slack: { 'X-Slack-Request-Timestamp': now, 'X-Slack-Signature': `v0=${hmac(`v0:${now}:`, body, wrong)}` },
  }[channel];
  const response = await fetch(`${gateway.url}/${channel}`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

const read = (channel: string, file: string) =>
  JSON.parse(fixture(channel, file).toString()) as Record<string, Record<string, unknown>>;
const taken = { status: 200, text: '{"status":"ok"}' };
const posted = (words: string) => platform.taken.filter(({ path }) => path.includes(words));

/** Messages of now that ask what is new. */
function question(channel: 'nextcloud-talk' | 'telegram' | 'slack'): object {
  const seconds = Math.floor(Date.now() / 1000);
  if (channel === 'telegram') {
    const update = read('telegram', 'entities.json');
    return { ...update, message: { ...update.message, date: seconds, text: 'what is new', entities: [] } };
  }
  if (channel === 'slack') {
    const payload = read('slack', 'message-with-mention.json');
    return { ...payload, event: { ...payload.event, ts: `${seconds}.000100`, text: '<@U0LAN0Z89> what is new' } };
  }
  const payload = read('nextcloud-talk', 'create.json');
  return {
    ...payload,
    object: { ...payload.object, content: JSON.stringify({ message: 'what is new', parameters: [] }) },
  };
}

it.each([
  ['nextcloud-talk', '/bot/n3xtc10ud/message', { message: ANSWER, replyTo: 1567 }],
  ['telegram', '/sendMessage', { chat_id: 1_111_111, text: ANSWER }],
  ['slack', '/chat.postMessage', { channel: 'C123ABC456', markdown_text: ANSWER }],
] as const)('%s: a message is answered once, however often it is delivered', async (channel, path, answer) => {
  const message = question(channel);
  expect(await deliver(channel, message)).toEqual(taken);
  expect(await deliver(channel, message)).toEqual(taken);
  await until(() => posted(path).length > 0);
  expect(await deliver(channel, message)).toEqual(taken);
  expect(posted(path).map(({ json }) => json)).toEqual([expect.objectContaining(answer)]);
  const { messages } = (await (await gateway.fetch(`/api/channels/${channel}/messages?direction=inbound`)).json()) as {
    messages: unknown[];
  };
  expect(messages).toHaveLength(1);
});

it.each(['nextcloud-talk', 'telegram', 'slack'] as const)('%s: nothing is taken on another secret', async (channel) => {
  expect(await deliver(channel, question(channel), 'x')).toMatchObject({ status: 401 });
  expect(platform.calls).toEqual([]);
});

it('both events of one mention in Slack are one message', async () => {
  const message = question('slack') as { event: object };
  expect(await deliver('slack', message)).toEqual(taken);
  expect(await deliver('slack', { ...message, event: { ...message.event, type: 'app_mention' } })).toEqual(taken);
  await until(() => posted('/chat.postMessage').length > 0);
  const { messages } = (await (await gateway.fetch('/api/channels/slack/messages?direction=inbound')).json()) as {
    messages: unknown[];
  };
  expect(messages).toHaveLength(1);
});

it('Slack is given its challenge, signed only', async () => {
  const verification = read('slack', 'url-verification.json');
  expect(await deliver('slack', verification)).toEqual({ status: 200, text: verification.challenge });
  expect(await deliver('slack', verification, 'x')).toMatchObject({ status: 401 });
});

it("Telegram's greeting costs no model call", async () => {
  const update = read('telegram', 'start.json');
  const before = (await models.requests()).length;
  await deliver('telegram', { ...update, message: { ...update.message, date: Math.floor(Date.now() / 1000) } });
  await until(() => posted('/sendMessage').length === 1);
  expect(posted('/sendMessage')[0]?.json).toMatchObject({ text: expect.stringMatching(/^Hello/) as string });
  expect(await models.requests()).toHaveLength(before);
});

it('the token of the bot shows up nowhere when Telegram fails', async () => {
  repeatsAddress = true;
  await deliver('telegram', question('telegram'));
  const deadLetters = () => gateway.fetch('/api/channels/telegram/messages?direction=outbound').then((r) => r.text());
  await until(async () => (await deadLetters()).includes('HTTP 400'));
  expect(await deadLetters()).not.toContain(TOKEN.slice(10));
});
