import { inspect } from 'node:util';
import { TelegramConfig } from '../../../../src/channels/telegram/telegram.config';
import { TelegramModule } from '../../../../src/channels/telegram/telegram.module';
import { part, patient, startChannel, type ChannelUnderTest } from '../../../support/channel';
import { startPlatform, type PlatformCall, type PlatformServer, type Trick } from '../../../support/platform-server';
import { until } from '../../../support/until';

const TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const CHATS = [1_111_111, -1_001_234_567_890];
const entry = { module: TelegramModule, config: TelegramConfig };
const refused = (error_code: number, description: string, parameters?: object): Trick => ({
  status: error_code,
  json: { ok: false, error_code, description, ...(parameters && { parameters }) },
});

/** The Bot API, as far as the two methods go: checks every field and answers with Telegram's own words. */
function botApi({ method, path, headers, json }: PlatformCall): Trick {
  const [, token, name] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (token !== TOKEN) return refused(401, 'Unauthorized');
  if (method !== 'POST' || headers['content-type'] !== 'application/json') return refused(400, 'Bad Request');
  const { chat_id, text, action, reply_parameters: reply, ...rest } = json as Record<string, unknown>;
  const unknown = Object.keys(rest).filter((key) => !['message_thread_id', 'link_preview_options'].includes(key));
  if (unknown.length > 0) return refused(400, `Bad Request: unknown ${unknown.join()}`);
  if (!CHATS.includes(Number(chat_id))) return refused(400, 'Bad Request: chat not found');
  if (name === 'sendChatAction') return action === 'typing' ? taken() : refused(400, 'Bad Request: wrong action');
  if (name !== 'sendMessage') return refused(404, 'Not Found');
  if (typeof text !== 'string' || text.trim() === '') return refused(400, 'Bad Request: message text is empty');
  if (text.length > 4096) return refused(400, 'Bad Request: message is too long');
  const { message_id = 1 } = (reply ?? {}) as { message_id?: unknown };
  return Number.isSafeInteger(message_id) ? taken() : refused(400, 'Bad Request: wrong reply');
}

const taken = (): Trick => ({ json: { ok: true, result: { message_id: 7 } } });

describe('TelegramApi', () => {
  let telegram: PlatformServer;
  let tested: ChannelUnderTest;
  const configure = (token = TOKEN, url = telegram.url) =>
    tested.reconfigure(`bot_token = "${token}"\nwebhook_secret = "s"\napi_base_url = "${url}"`);
  const send = (more = {}, signal = patient()) =>
    tested.channel.send(part({ conversation: '1111111', replyTo: '1365', ...more }), signal);

  beforeAll(async () => (tested = await startChannel(entry)));
  beforeEach(async () => {
    telegram = await startPlatform(botApi);
    await configure();
  });
  afterEach(() => telegram.stop());
  afterAll(() => tested.stop());

  it('writes plain text that quotes the message, without previews', async () => {
    await send({ text: 'a *b* _c_ <d>' });
    expect(telegram.taken.map(({ json }) => json)).toEqual([
      {
        chat_id: 1_111_111,
        text: 'a *b* _c_ <d>',
        link_preview_options: { is_disabled: true },
        reply_parameters: { message_id: 1365, allow_sending_without_reply: true },
      },
    ]);
  });

  it('quotes with the first part only, and writes into topics', async () => {
    await send({ conversation: '-1001234567890:42', index: 1 });
    expect(telegram.taken[0]?.json).toMatchObject({ chat_id: -1_001_234_567_890, message_thread_id: 42 });
    expect(telegram.taken[0]?.json).not.toHaveProperty('reply_parameters');
  });

  it('sends text that is no Unicode as Unicode', async () => {
    await send({ text: 'half \ud83d' });
    expect(telegram.taken[0]?.json).toMatchObject({ text: 'half \ufffd' });
  });

  it('lets its longest part through', async () => {
    await send({ text: 'x'.repeat(tested.channel.limits.maxLength) });
    await expect(send({ text: 'x'.repeat(tested.channel.limits.maxLength + 1) })).rejects.toMatchObject({
      failure: 'permanent',
    });
  });

  it('says that it is typing', async () => {
    const message = { id: 'x', conversation: '-1001234567890:42', sender: '1', text: '', sentAt: 0 };
    await tested.channel.begun?.(message, patient());
    expect(telegram.taken[0]?.json).toEqual({ chat_id: -1_001_234_567_890, message_thread_id: 42, action: 'typing' });
  });

  it('follows a group to its new id', async () => {
    const words = 'Bad Request: group chat was upgraded to a supergroup chat';
    telegram.next(refused(400, words, { migrate_to_chat_id: -1_001_234_567_890 }));
    await send({ conversation: '-4242', text: 'hello' });
    expect(telegram.calls.map(({ json }) => json)).toEqual([
      expect.objectContaining({ chat_id: -4242 }),
      { chat_id: -1_001_234_567_890, text: 'hello', link_preview_options: { is_disabled: true } },
    ]);
  });

  it('does not follow a group that moves on and on', async () => {
    const moved = refused(400, 'Bad Request: upgraded', { migrate_to_chat_id: -5 });
    telegram.next(moved, moved);
    await expect(send()).rejects.toMatchObject({ failure: 'permanent' });
    expect(telegram.calls).toHaveLength(2);
  });

  it.each<[Trick, string, RegExp, number?]>([
    [refused(400, 'Bad Request: chat not found'), 'permanent', /chat not found/],
    [refused(403, 'Forbidden: bot was blocked by the user'), 'permanent', /blocked by the user/],
    [refused(401, 'Unauthorized'), 'credentials', /bot_token.*BotFather/],
    [refused(404, 'Not Found'), 'credentials', /bot_token.*BotFather/],
    [refused(429, 'Too Many Requests: retry after 14', { retry_after: 14 }), 'retry', /Too Many/, 14_000],
    [{ status: 429, headers: { 'retry-after': '3' }, json: { ok: false } }, 'retry', /429/, 3_000],
    [refused(500, 'Internal Server Error'), 'retry', /Internal/],
    [{ status: 502, json: 'a proxy' }, 'retry', /502/],
    [{ status: 200, json: 'a page' }, 'credentials', /api_base_url/],
    [{ status: 404, json: 'a page' }, 'credentials', /api_base_url/],
    ['cut', 'retry', /connection/],
  ])('%j is a failure of kind %s', async (trick, failure, words, ...[wait]) => {
    telegram.next(trick);
    const failed = send();
    await expect(failed).rejects.toMatchObject({ failure, message: expect.stringMatching(words) as string });
    await expect(failed).rejects.toHaveProperty('retryAfterMs', wait);
  });

  it.each([
    ['-1001234', 'conversation'],
    ['-1001234:5', 'conversation'],
    ['1111111', 'channel'],
  ])('the flood limit in %s is a matter of the %s', async (conversation, scope) => {
    telegram.next(refused(429, 'Too Many Requests: retry after 14', { retry_after: 14 }));
    await expect(send({ conversation, replyTo: undefined })).rejects.toMatchObject({ retryAfterMs: 14_000, scope });
  });

  it.each<[string, Trick | undefined]>([
    ['a proxy that repeats the address', { status: 404, json: `Cannot POST /bot${TOKEN}/sendMessage` }],
    ['Telegram repeating it', refused(400, `Bad Request: /bot${TOKEN}/sendMessage`)],
    ['a cut connection', 'cut'],
    ['a host that is not there', undefined],
  ])('tells nobody the token: %s', async (_what, trick) => {
    if (trick) telegram.next(trick);
    else await configure(TOKEN, 'http://127.0.0.1:1');
    const error = await send().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: 10 })).not.toContain('AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
  });

  it('takes a new token without a restart', async () => {
    await configure('110201543:revoked');
    await expect(send()).rejects.toMatchObject({ failure: 'credentials' });
    await configure();
    await send();
    expect(telegram.taken).toHaveLength(1);
  });

  it('is cut short by its signal', async () => {
    telegram.next('stall');
    const cut = new AbortController();
    const sending = send({}, cut.signal);
    await until(() => telegram.calls.length === 1);
    cut.abort(new Error('the gateway stops'));
    await expect(sending).rejects.toThrow('the gateway stops');
  });
});
