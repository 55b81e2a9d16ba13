import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayConfig } from '../../../src/platform/http/gateway.config';
import { ConfigService } from '../../../src/platform/config/config.service';
import { ConfigClient } from '../../support/config-api';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';

const MASK = '***MASKED***';
const TOML = `# The gateway of the team
default_provider = "echo" # for now
api_key = "sk-top-secret" # from Ann

# Where it listens
[gateway]
webhook_rate_limit_per_minute = 100 # plenty
trusted_proxies = [] # none

[channels_config.matrix] # ZeroClaw's own
access_token = "syt_hidden"
`;

let gateway: GatewayUnderTest;
const api = new ConfigClient(() => gateway);

beforeEach(async () => {
  gateway = await startGateway({ toml: TOML, env: { ZEROCLAW_MODEL: 'm-env' } });
  // Pairs, which writes the file.
  await api.content();
});
afterEach(() => gateway.stop());

const rate = () => gateway.get(ConfigService).get(GatewayConfig).webhook_rate_limit_per_minute;

describe('GET /api/config', () => {
  it('shows the file as it stands, comments and order kept, every secret masked', async () => {
    const shown = await api.ask('');
    const file = await api.file();

    expect(shown).toMatchObject({
      status: 200,
      format: 'toml',
      file: join(gateway.dir, 'config.toml'),
      writable: true,
      reason: null,
      environment: [
        { key: 'default_model', name: 'ZEROCLAW_MODEL' },
        { key: 'gateway.port', name: '--port' },
      ],
      problems: [],
      restart_needed: [],
      revision: expect.stringMatching(/^\d+$/),
      etag: expect.stringMatching(/^"[\w-]{32}"$/),
    });
    const expected = file
      .replace('sk-top-secret', MASK)
      .replace('syt_hidden', MASK)
      .replace(/[0-9a-f]{64}/, MASK);
    expect(await api.content()).toBe(expected);
    expect(expected).toContain(`paired_tokens = ["${MASK}"]`);
  });

  it('has another ETag when only a secret has changed', async () => {
    const { etag } = await api.ask('');

    await api.patch({ api_key: 'sk-other' });

    const after = await api.ask('');
    expect(after.etag).not.toBe(etag);
  });

  it('says what is wrong with a file that was broken by hand, and shows what still runs', async () => {
    const before = await api.content();
    await writeFile(join(gateway.dir, 'config.toml'), 'api_key = "sk-top-secret"\n[gateway\n');

    const shown = await api.ask('');

    expect(shown).toMatchObject({
      content: before,
      problems: [{ key: '', line: 2, from: 'file', message: expect.stringContaining('is not valid TOML') }],
    });
    const repaired = await api.put(before);
    expect(repaired.status).toBe(200);
    expect(await api.file()).toContain('sk-top-secret');
  });

  it('is for admins only', async () => {
    const { code } = (await (
      await gateway.fetch('/api/pairing/codes', { json: { scopes: ['chat', 'read'] } })
    ).json()) as { code: string };
    const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
    const { token } = (await paired.json()) as { token: string };

    const statuses = await Promise.all(
      [
        ['GET', ''],
        ['PUT', ''],
        ['PATCH', ''],
        ['POST', '/check'],
        ['GET', '/revisions'],
        ['GET', '/revisions/1'],
        ['POST', '/revisions/1/rollback'],
      ].map(async ([method = '', path = '']) => [
        (await gateway.fetch(`/api/config${path}`, { method, token })).status,
        (await fetch(`${gateway.url}/api/config${path}`, { method })).status,
      ]),
    );
    expect(statuses).toEqual(statuses.map(() => [403, 401]));
  });
});

describe('PUT /api/config', () => {
  it('takes back what GET gave, and changes nothing', async () => {
    const before = await api.file();
    const { etag } = await api.ask('');

    const answer = await api.put(await api.content());

    expect(answer).toMatchObject({ status: 200, said: 'ok', changed: [], live: [], restart_needed: [], etag });
    expect(await api.file()).toBe(before);
  });

  it('writes the text as it was sent, with its comments, acts at once and says what needs a restart', async () => {
    const text = `# new top\n${await api.content()}`
      .replace('= 100 # plenty', '= 7 # scarce')
      .replace('[gateway]\n', '[gateway]\nrate_limit_max_keys = 5\n');

    const answer = await api.put(text);

    expect(answer).toMatchObject({
      said: 'ok',
      changed: ['gateway.webhook_rate_limit_per_minute', 'gateway.rate_limit_max_keys'],
      live: ['gateway.webhook_rate_limit_per_minute'],
      restart_needed: ['gateway.rate_limit_max_keys'],
      emptied: [],
    });
    expect(rate()).toBe(7);
    const file = await api.file();
    expect(file).toMatch(
      /^# new top\n# The gateway of the team\n[^]*api_key = "sk-top-secret" # from Ann\n[^]*# scarce/,
    );
    expect(file).not.toContain(MASK);
    expect(await api.ask('')).toMatchObject({ restart_needed: ['gateway.rate_limit_max_keys'] });
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])(
    'takes TOML that comes as %s',
    async (type) => {
      const answer = await api.put(`${await api.content()}# by ${type}\n`, { 'Content-Type': type });

      expect(answer.status).toBe(200);
      expect(await api.file()).toContain(`# by ${type}`);
    },
  );

  it('keeps the tokens, whatever the text says', async () => {
    const other = await gateway.pair();

    const answer = await api.put('default_provider = "echo"\n');

    expect(answer).toMatchObject({ status: 200, said: 'ok' });
    expect((await gateway.fetch('/api/status', { token: other })).status).toBe(200);
    expect((await api.file()).match(/[0-9a-f]{64}/g)).toHaveLength(2);
  });

  it.each([
    ['broken TOML', 'a = 1\n[gateway\nport = 1\n', 'Invalid TOML: line 2: ', { key: '', line: 2 }],
    ['a wrong value', 'x = 1\n[gateway]\nport = 70000\n', 'Invalid config: line 3: gateway.port: ', { line: 3 }],
    ['a wrong type', '[gateway]\nhost = []\n', 'Invalid config: line 2: gateway.host: ', { line: 2 }],
    ['a mask for nothing', `[linq]\ntoken = "${MASK}"\n`, 'Invalid config: line 2: linq.token: is masked', { line: 2 }],
    ['a text that is a mask', `default_model = "${MASK}"`, 'Invalid config: line 1: default_model: is masked', {}],
  ])('refuses %s, naming the place', async (_, text, sentence, problem) => {
    const before = await api.file();

    const answer = await api.put(text);

    expect(answer).toMatchObject({
      status: 400,
      code: 'config.invalid',
      error: expect.stringContaining(sentence),
      problems: [problem],
    });
    expect(await api.file()).toBe(before);
  });

  it('names every mistake at once', async () => {
    const answer = await api.put('[gateway]\nport = "many"\nhost = ""\n[audit]\nretention_days = 0\n');

    expect(answer).toMatchObject({
      status: 400,
      problems: [
        { key: 'gateway.port', line: 2, column: 1, from: 'file', message: expect.stringContaining('found "many"') },
        { key: 'gateway.host', line: 3 },
        { key: 'audit.retention_days', line: 5 },
      ],
    });
  });

  it.each([
    ['nothing', '', 400, 'config.empty'],
    ['only blanks', ' \n', 400, 'config.empty'],
    ['bytes that are no UTF-8', Uint8Array.from([0x61, 0xff, 0xfe]), 400, 'config.not_utf8'],
    ['more than a mebibyte', `# ${'x'.repeat(1_048_576)}`, 413, 'request.too_large'],
    ['lists without end', `x = ${'['.repeat(200_000)}`, 400, 'config.invalid'],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await api.put(body)).toMatchObject({ status, code });
  });

  it('takes a large file', async () => {
    const padding = `# ${'x'.repeat(100)}\n`.repeat(8_000);

    expect(await api.put(`${await api.content()}${padding}`)).toMatchObject({ status: 200 });
    expect((await api.file()).length).toBeGreaterThan(800_000);
  });
});

describe('two writers', () => {
  it('cannot overwrite each other with If-Match', async () => {
    const { etag } = await api.ask('');
    const text = await api.content();
    const headers = { 'If-Match': String(etag) };

    const answers = await Promise.all([1, 2, 3].map((count) => api.put(text.replace('= 100', `= ${count}`), headers)));

    const [won, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect(won?.status).toBe(200);
    const present = (await api.ask('')).etag;
    for (const lost of others) {
      expect(lost).toMatchObject({ status: 412, code: 'config.changed_meanwhile', etag: present });
    }
    expect(won?.etag).toBe(present);
    expect(`${rate()}`).toBe(/per_minute = (\d)/.exec(await api.file())?.[1]);
  });

  it.each([['*'], ['"no", W/"weak", *']])('pass with If-Match: %s', async (ifMatch) => {
    expect(await api.put(await api.content(), { 'If-Match': ifMatch })).toMatchObject({ status: 200 });
  });

  it('a weak tag never matches', async () => {
    const { etag } = await api.ask('');

    expect(await api.put(TOML, { 'If-Match': `W/${etag}` })).toMatchObject({ status: 412 });
  });

  it('notice a token that was paired in between, and lose nothing', async () => {
    const { etag } = await api.ask('');
    await gateway.pair();

    expect(await api.patch({ gateway: { host: '127.0.0.1' } }, { 'If-Match': String(etag) })).toMatchObject({
      status: 412,
    });
    const pairing = [gateway.pair(), gateway.pair(), gateway.pair()];
    const patches = [1, 2, 3].map((count) => api.patch({ gateway: { webhook_rate_limit_per_minute: count } }));
    const tokens = await Promise.all(pairing);
    for (const { status } of await Promise.all(patches)) expect(status).toBe(200);
    for (const token of tokens) expect((await gateway.fetch('/api/status', { token })).status).toBe(200);
  });
});

describe('POST /api/config/check', () => {
  it('says what a text would do, and does nothing', async () => {
    const before = await api.file();
    const text = (await api.content()).replace('= 100', '= 9').replace('[gateway]', '[gateway]\nprot = 1');

    const answer = await api.ask('/check', { method: 'POST', body: text });

    expect(answer).toMatchObject({
      status: 200,
      ok: true,
      problems: [],
      changed: ['gateway.webhook_rate_limit_per_minute'],
      live: ['gateway.webhook_rate_limit_per_minute'],
      restart_needed: [],
    });
    expect(answer).toHaveProperty(
      'warnings',
      expect.arrayContaining([
        expect.objectContaining({ key: 'gateway.prot', line: 7, message: expect.stringContaining('gateway.port?') }),
      ]),
    );
    expect(await api.file()).toBe(before);
    expect(rate()).toBe(100);
  });

  it.each([
    ['[gateway]\nport = -1\n', [{ key: 'gateway.port', line: 2 }]],
    ['[gateway\n', [{ key: '', line: 1 }]],
    [`x_token = "${MASK}"\n[gateway]\nport = -1\n`, [{ key: 'x_token', line: 1 }, { key: 'gateway.port' }]],
  ])('marks the mistakes of %j', async (text, problems) => {
    expect(await api.ask('/check', { method: 'POST', body: text })).toMatchObject({ status: 200, ok: false, problems });
  });
});
