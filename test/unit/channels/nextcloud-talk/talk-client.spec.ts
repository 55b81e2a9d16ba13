import { createHash, createHmac } from 'node:crypto';
import { NextcloudTalkConfig } from '../../../../src/channels/nextcloud-talk/nextcloud-talk.config';
import { NextcloudTalkModule } from '../../../../src/channels/nextcloud-talk/nextcloud-talk.module';
import { part, patient, startChannel, type ChannelUnderTest } from '../../../support/channel';
import { startPlatform, type PlatformCall, type PlatformServer, type Trick } from '../../../support/platform-server';
import { until } from '../../../support/until';

const SECRET = 'a'.repeat(40);
const entry = { module: NextcloudTalkModule, config: NextcloudTalkConfig };
const answer = { conversation: 'n3xtc10ud', replyTo: '1567', text: 'Grüße an 👋 *alle*' };

interface Posted {
  message: string;
  replyTo?: number;
  referenceId: string;
}

/** Nextcloud, as far as its bot and chat endpoints go: checks what the documentation asks for and answers with the documented status. */
function nextcloud({ method, path, headers, json }: PlatformCall): Trick {
  const { message, replyTo, referenceId } = json as Posted;
  const random = String(headers['x-nextcloud-talk-bot-random'] ?? '');
  const signature = createHmac('sha256', SECRET)
    .update(random + message)
    .digest('hex');
  const bot = /^\/cloud\/ocs\/v2\.php\/apps\/spreed\/api\/v1\/bot\/([a-z0-9]+)\/message\?format=json$/.exec(path);
  const user = /^\/cloud\/ocs\/v2\.php\/apps\/spreed\/api\/v1\/chat\/([a-z0-9]+)\?format=json$/.exec(path);
  if (method !== 'POST' || headers['ocs-apirequest'] !== 'true') return { status: 412 };
  if (!(bot || user) || headers['content-type'] !== 'application/json') return { status: 404 };
  const proved = bot
    ? random.length >= 32 && headers['x-nextcloud-talk-bot-signature'] === signature
    : headers.authorization === 'Bearer app-password';
  if (!proved) return { status: 401, json: ocs(null) };
  if (!/^[0-9a-f]{64}$/.test(referenceId) || message.trim() === '') return { status: 400, json: ocs(null) };
  if (replyTo !== undefined && replyTo !== 1567) return { status: 400, json: ocs(null) };
  if (message.length > 32_000) return { status: 413, json: ocs(null) };
  return { status: 201, json: ocs(null) };
}

const ocs = (data: unknown) => ({ ocs: { meta: { status: 'ok' }, data } });

describe('TalkClient', () => {
  let cloud: PlatformServer;
  let tested: ChannelUnderTest;
  const configure = (keys: string) => tested.reconfigure(`base_url = "${cloud.url}/cloud/"\n${keys}`);
  const send = (more = {}, signal = patient()) => tested.channel.send(part({ ...answer, ...more }), signal);

  beforeAll(async () => (tested = await startChannel(entry)));
  beforeEach(async () => {
    cloud = await startPlatform(nextcloud);
    await configure(`webhook_secret = "${SECRET}"`);
  });
  afterEach(() => cloud.stop());
  afterAll(() => tested.stop());

  it('signs the message with a random of its own each time', async () => {
    await send({ id: 'out_7.0' });
    await send({ id: 'out_7.0' });
    const referenceId = createHash('sha256').update('out_7.0').digest('hex');
    const posted = { message: answer.text, replyTo: 1567, referenceId };
    expect(cloud.taken.map(({ json }) => json)).toEqual([posted, posted]);
    const randoms = cloud.calls.map(({ headers }) => headers['x-nextcloud-talk-bot-random']);
    expect(new Set(randoms).size).toBe(2);
    expect(cloud.calls[0]?.headers.authorization).toBeUndefined();
  });

  it('quotes with the first part only', async () => {
    await send({ index: 1 });
    await send({ replyTo: undefined });
    for (const { json } of cloud.taken) expect(json).not.toHaveProperty('replyTo');
    expect(cloud.taken).toHaveLength(2);
  });

  it('answers without quoting when the message is gone', async () => {
    await send({ replyTo: '999' });
    expect(cloud.calls.map(({ status }) => status)).toEqual([400, 201]);
    expect(cloud.taken[0]?.json).not.toHaveProperty('replyTo');
  });

  it('sends text that is no Unicode as Unicode', async () => {
    await send({ text: 'half \ud83d' });
    expect(cloud.taken[0]?.json).toMatchObject({ message: 'half \ufffd' });
  });

  it('cannot be led to another address by a conversation', async () => {
    cloud.next({ status: 201 });
    await send({ conversation: '../../x?y#z' });
    expect(cloud.calls[0]?.path).toBe(
      '/cloud/ocs/v2.php/apps/spreed/api/v1/bot/..%2F..%2Fx%3Fy%23z/message?format=json',
    );
  });

  it.each<Trick>([{ status: 200, json: ocs(null) }, { status: 204 }])('takes %j for a confirmation', async (trick) => {
    cloud.next(trick);
    await send();
    expect(cloud.calls).toHaveLength(1);
  });

  it.each([
    ['app_token alone', 'app_token = "app-password"\nallow_unsigned = true'],
    ['reply_as = "user"', `webhook_secret = "${SECRET}"\nreply_as = "user"\napp_token = "app-password"`],
  ])('writes as a user with %s', async (_what, keys) => {
    await configure(keys);
    expect(tested.channel.problem()).toBeUndefined();
    await send();
    expect(cloud.taken[0]?.path).toContain('/chat/n3xtc10ud?');
    expect(cloud.taken[0]?.headers).not.toHaveProperty('x-nextcloud-talk-bot-signature');
  });

  it('prefers the bot when it has both', async () => {
    await configure(`webhook_secret = "${SECRET}"\napp_token = "app-password"`);
    await send();
    expect(cloud.taken[0]?.path).toContain('/bot/n3xtc10ud/message?');
  });

  it.each<[Trick, string, RegExp, number?]>([
    [{ status: 400 }, 'permanent', /refuses the message/],
    [{ status: 403 }, 'permanent', /read-only/],
    [{ status: 404 }, 'permanent', /no such conversation/],
    [{ status: 413 }, 'permanent', /longer/],
    [{ status: 429, headers: { 'retry-after': '30' } }, 'retry', /429/, 30_000],
    [{ status: 500 }, 'retry', /500/],
    [{ status: 503, headers: { 'retry-after': '120' } }, 'retry', /503/, 120_000],
    [{ status: 200, json: 'the page of somebody else' }, 'credentials', /base_url/],
    [
      { status: 301, headers: { location: 'https://cloud.example.com/' } },
      'credentials',
      /base_url.*cloud\.example\.com/,
    ],
    ['cut', 'retry', /connection/],
  ])('%j is a failure of kind %s', async (trick, failure, words, ...[wait]) => {
    cloud.next(trick);
    const failed = send({ index: 1 });
    await expect(failed).rejects.toMatchObject({ failure, message: expect.stringMatching(words) as string });
    await expect(failed).rejects.toHaveProperty('retryAfterMs', wait);
  });

  it('says where the secret is wrong, and keeps only what is refused waiting', async () => {
    await configure(`webhook_secret = "${'b'.repeat(40)}"`);
    await expect(send()).rejects.toMatchObject({
      failure: 'retry',
      message: expect.stringMatching(/webhook_secret.*"response"/) as string,
    });
    await configure(`webhook_secret = "${SECRET}"\nreply_as = "user"\napp_token = "revoked"`);
    await expect(send()).rejects.toMatchObject({
      failure: 'credentials',
      message: expect.stringMatching(/app_token/) as string,
    });
  });

  it('retries a host that is not there', async () => {
    await tested.reconfigure(`base_url = "http://127.0.0.1:1"\nwebhook_secret = "${SECRET}"`);
    await expect(send()).rejects.toMatchObject({ failure: 'retry' });
  });

  it('is cut short by its signal', async () => {
    cloud.next('stall');
    const cut = new AbortController();
    const sending = send({}, cut.signal);
    await until(() => cloud.calls.length === 1);
    cut.abort(new Error('the gateway stops'));
    await expect(sending).rejects.toThrow('the gateway stops');
  });
});
