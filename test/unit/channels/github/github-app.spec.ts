import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from '../../../../src/channels/core/channel';
import { DeliveryError } from '../../../../src/channels/core/delivery-error';
import { appJwt } from '../../../../src/channels/github/app-jwt';
import { GithubConfig } from '../../../../src/channels/github/github.config';
import { GithubModule } from '../../../../src/channels/github/github.module';
import { part, patient, startChannel } from '../../../support/channel';
import type { ChannelUnderTest } from '../../../support/channel';
import { startGithub } from '../../../support/github-server';
import type { GithubServer } from '../../../support/github-server';
import type { PlatformCall, Trick } from '../../../support/platform-server';
import { tempDir } from '../../../support/temp-dir';
import { TestClock } from '../../../support/test-clock';

const APP_ID = 123_456;
const HOUR_MS = 3_600_000;
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** As GitHub hands it out. */
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const conversation = 'acme/rocket#7';
let clock: TestClock;
let github: GithubServer;
let tested: ChannelUnderTest;
let channel: Channel;
/** Tokens of installations that GitHub would take. */
let valid: Set<string>;
let issued: number;

/** GitHub's side of https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app. */
function apps({ method, path, headers }: PlatformCall): Trick | undefined {
  const bearer = String(headers.authorization).replace(/^Bearer /, '');
  const forApps = path.startsWith('/app/') || path.endsWith('/installation');
  if (!forApps) return valid.has(bearer) ? undefined : { status: 401, json: { message: 'Bad credentials' } };
  if (!isAppJwt(bearer)) return { status: 401, json: { message: 'A JSON web token could not be decoded' } };
  if (method === 'GET') {
    const id = { '/repos/acme/rocket/installation': 11, '/repos/umbrella/lab/installation': 22 }[path];
    return id === undefined ? { status: 404, json: { message: 'Not Found' } } : { json: { id } };
  }
  if (!/^\/app\/installations\/(11|22)\/access_tokens$/.test(path)) return { status: 404, json: {} };
  const token = `ghs_${++issued}`;
  valid.add(token);
  return { status: 201, json: { token, expires_at: new Date(clock.now() + HOUR_MS).toISOString() } };
}

function isAppJwt(jwt: string): boolean {
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  const { iat, exp, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Record<string, number>;
  const now = clock.now() / 1000;
  const timely = iat !== undefined && exp !== undefined && iat <= now && exp > now && exp - iat <= 600;
  const bytes = Buffer.from(`${head}.${claims}`);
  return (
    timely &&
    String(iss) === String(APP_ID) &&
    Buffer.from(head, 'base64url').toString() === '{"alg":"RS256","typ":"JWT"}' &&
    verify(
      'RSA-SHA256',
      bytes,
      createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
      Buffer.from(signature, 'base64url'),
    )
  );
}

const table = (key = `private_key = ${JSON.stringify(pem)}`) => `webhook_secret = "s3cret"
app_id = ${APP_ID}
login = "acme-bot"
api_base_url = "${github.url}"
allowed_repos = ["*"]
${key}`;

beforeEach(async () => {
  clock = new TestClock();
  valid = new Set();
  issued = 0;
  github = await startGithub(apps);
  tested = await startChannel({ module: GithubModule, config: GithubConfig }, { table: table(), clock });
  channel = tested.channel;
});
afterEach(async () => {
  await tested.stop();
  await github.stop();
});

const send = (to = conversation) => channel.send(part({ conversation: to }), patient());
const failure = (sent: Promise<void>): Promise<DeliveryError> =>
  sent.then(
    () => Promise.reject(new Error('it was sent')),
    (error: unknown) => (error instanceof DeliveryError ? error : Promise.reject(error)),
  );
const paths = () => github.calls.map(({ method, path }) => `${method} ${path}`);
const COMMENT = 'POST /repos/acme/rocket/issues/7/comments';
const LOOK_UP = 'GET /repos/acme/rocket/installation';
const FETCH = 'POST /app/installations/11/access_tokens';

it('proves itself, finds its installation, gets a token and answers with it', async () => {
  await send();
  expect(paths()).toEqual([LOOK_UP, FETCH, COMMENT]);
  expect(github.calls[2]?.headers.authorization).toBe('Bearer ghs_1');
  expect(github.calls[1]?.headers).toMatchObject({
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  });
});

it('keeps the token until shortly before its end, one for each owner of repositories', async () => {
  await send();
  await send();
  await send('umbrella/lab#1');
  clock.advance(HOUR_MS - 6 * 60_000);
  await send();
  expect(issued).toBe(2);
  clock.advance(2 * 60_000);
  await send();
  expect(issued).toBe(3);
  expect(github.taken.filter(({ path }) => path.endsWith('/comments'))).toHaveLength(5);
});

it('gets another token when GitHub takes one back, once', async () => {
  await send();
  valid.clear();
  await send();
  expect(paths().slice(3)).toEqual([COMMENT, LOOK_UP, FETCH, COMMENT]);
  const refuse = { status: 401, json: { message: 'Bad credentials' } };
  github.next(refuse, { json: { id: 11 } }, { status: 201, json: { token: 'ghs_x' } }, refuse);
  expect(await failure(send())).toMatchObject({ failure: 'credentials' });
});

it('waits out the limit of one installation without holding up the others', async () => {
  await send();
  github.next({ status: 429, headers: { 'retry-after': '90' }, json: {} });
  expect(await failure(send())).toMatchObject({ retryAfterMs: 90_000, scope: 'conversation' });
  expect(await failure(send())).toMatchObject({ retryAfterMs: 90_000, scope: 'conversation' });
  await send('umbrella/lab#1');
  clock.advance(90_000);
  github.next({ status: 503, headers: { 'retry-after': '30' }, json: {} });
  expect(await failure(send())).toMatchObject({ retryAfterMs: 30_000, scope: 'channel' });
});

it('goes by installation_id where it is written', async () => {
  await tested.reconfigure(`${table()}\ninstallation_id = 22`);
  await send();
  expect(paths()).toEqual(['POST /app/installations/22/access_tokens', COMMENT]);
  await tested.reconfigure(`${table()}\ninstallation_id = 33`);
  clock.advance(HOUR_MS);
  expect(await failure(send())).toMatchObject({
    failure: 'credentials',
    message: expect.stringContaining('leave [channels_config.github].installation_id out'),
  });
});

it('asks to be installed where it is not', async () => {
  expect(await failure(send('stranger/repo#1'))).toMatchObject({
    failure: 'permanent',
    message: expect.stringContaining('is not installed on stranger/repo'),
  });
});

it('goes before a token', async () => {
  await tested.reconfigure(`${table()}\naccess_token = "github_pat_for_tests"`);
  await send();
  expect(github.calls.at(-1)?.headers.authorization).toBe('Bearer ghs_1');
});

it.each([
  ['PKCS#8', pkcs8],
  ['one line with \\n', pem.replaceAll('\n', '\\n')],
])('reads a key in %s', async (_form, key) => {
  await tested.reconfigure(table(`private_key = ${JSON.stringify(key)}`));
  await send();
  expect(github.taken).toHaveLength(3);
});

it('reads the key from a file, as soon as it is there', async () => {
  const dir = await tempDir();
  const file = join(dir.path, 'app.pem');
  await tested.reconfigure(table(`private_key_file = ${JSON.stringify(file)}`));
  expect(await failure(send())).toMatchObject({
    failure: 'credentials',
    message: expect.stringMatching(/private_key_file \(.*app\.pem\) is not the private key of an App: .*ENOENT/),
  });
  await writeFile(file, pem);
  await send();
  expect(github.taken).toHaveLength(3);
  await dir.remove();
});

it.each([
  ['garbage', 'not a key'],
  ['the public half', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  [
    'a key of another kind',
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ],
])('says that the key is %s, without telling it', async (_what, key) => {
  await tested.reconfigure(table(`private_key = ${JSON.stringify(key)}`));
  const error = await failure(send());
  expect(error).toMatchObject({ failure: 'credentials' });
  expect(error.message).toContain('[channels_config.github].private_key is not the private key of an App');
  expect(error.message).not.toContain(key.split('\n')[1] ?? key);
  expect(github.calls).toEqual([]);
});

it('says so when the key belongs to another App', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const key = other.export({ type: 'pkcs1', format: 'pem' }).toString();
  await tested.reconfigure(table(`private_key = ${JSON.stringify(key)}`));
  expect(await failure(send())).toMatchObject({
    failure: 'credentials',
    message: expect.stringContaining('app_id and private_key do not belong together'),
  });
});

it.each<[string, Trick]>([
  ['no token', { status: 201, json: {} }],
  ['a server error', { status: 500, json: { message: 'Server Error' } }],
  ['a closed connection', 'cut'],
])('tries again later when GitHub answers with %s', async (_what, trick) => {
  github.next({ json: { id: 11 } }, trick);
  expect(await failure(send())).toMatchObject({ failure: 'retry' });
  await send();
  expect(github.taken.at(-1)?.path).toBe('/repos/acme/rocket/issues/7/comments');
});

it('makes tokens of at most ten minutes, a minute of them gone', () => {
  const [, claims = ''] = appJwt(1, pem, 1_700_000_000_999).split('.');
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as unknown;
  expect(read).toEqual({ iat: 1_699_999_940, exp: 1_700_000_540, iss: '1' });
});
