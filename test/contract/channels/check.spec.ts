import { DeliveryError } from '../../../src/channels/core/delivery-error';
import { roster } from '../../../src/channels/roster';
import { channelNameOf } from '../../../src/channels/core/channel-name';
import { startChannel } from '../../support/channel';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';

const SECRET = 'tok-1234567890-secret';

interface Platform {
  name: string;
  table: string;
  path: string;
  known: { body: object; as: string };
  refused: { status: number; body: object };
}

const PLATFORMS: Platform[] = [
  {
    name: 'telegram',
    table: 'bot_token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"\nwebhook_secret = "x"',
    path: '/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe',
    known: { body: { ok: true, result: { id: 1, is_bot: true, username: 'zero_bot' } }, as: '@zero_bot' },
    refused: { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } },
  },
  {
    name: 'slack',
    table: `bot_token = "${SECRET}"\nsigning_secret = "x"`,
    path: '/auth.test',
    known: { body: { ok: true, user: 'zero', team: 'Example' }, as: 'zero in Example' },
    refused: { status: 200, body: { ok: false, error: 'invalid_auth' } },
  },
  {
    name: 'whatsapp',
    table: `phone_number_id = "4711"\naccess_token = "${SECRET}"\nverify_token = "v"\napp_secret = "x"\ngraph_version = "v23.0"`,
    path: '/v23.0/4711?fields=display_phone_number',
    known: { body: { display_phone_number: '+49 30 1234', id: '4711' }, as: '+49 30 1234' },
    refused: {
      status: 401,
      body: { error: { message: 'Error validating access token', type: 'OAuthException', code: 190 } },
    },
  },
  {
    name: 'github',
    table: `access_token = "${SECRET}"\nwebhook_secret = "x"`,
    path: '/user',
    known: { body: { login: 'zero' }, as: '@zero' },
    refused: { status: 401, body: { message: 'Bad credentials' } },
  },
];

describe.each(PLATFORMS)('$name is asked who we are', ({ name, table, path, known, refused }) => {
  let platform: RawUpstream;
  let answer: { status: number; body: object };

  beforeAll(async () => {
    platform = await startRawUpstream((response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  afterAll(() => platform.stop());

  async function check(): Promise<string | undefined> {
    const entry = roster.find(({ config }) => channelNameOf(config) === name);
    if (!entry) throw new Error(`${name} is not on the roster`);
    const tested = await startChannel(entry, { table: `${table}\napi_base_url = "${platform.url}"` });
    try {
      return await tested.channel.check?.(AbortSignal.timeout(5_000));
    } finally {
      await tested.stop();
    }
  }

  test('and tells', async () => {
    answer = { status: 200, body: known.body };
    expect(await check()).toBe(known.as);
    expect(platform.requests.map((request) => request.path)).toContain(path);
  });

  test('a refused token is a matter of credentials, and not repeated', async () => {
    answer = refused;
    const error: unknown = await check().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeliveryError);
    expect((error as DeliveryError).failure).toBe('credentials');
    expect((error as DeliveryError).message).not.toMatch(/secret|AAHdq/);
  });

  test('a platform in trouble may be well later', async () => {
    answer = { status: 503, body: {} };
    const error: unknown = await check().catch((reason: unknown) => reason);
    expect((error as DeliveryError).failure).toBe('retry');
  });
});
