import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { register } from 'prom-client';
import { runDoctor } from '../../../src/doctor-run';
import type { Report, Result } from '../../../src/doctor/finding';
import { describePostgres } from '../../support/databases';
import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { runZeroclaw } from '../../support/gateway-process';
import { startRawUpstream } from '../../support/upstream';
import type { RawHandler, RawUpstream } from '../../support/upstream';
import { tempDir } from '../../support/temp-dir';

jest.setTimeout(60_000);

const KEY = 'sk-test-1234567890abcdef';
let gateway: GatewayUnderTest | undefined;
let host: RawUpstream | undefined;

afterEach(async () => {
  await gateway?.stop();
  await host?.stop();
  gateway = host = undefined;
});

async function examine(toml: string, env: Record<string, string> = {}): Promise<Report> {
  gateway = await startGateway({ toml, env });
  const response = await gateway.fetch('/api/doctor', { method: 'POST' });
  expect(response.status).toBe(200);
  return (await response.json()) as Report;
}

function of({ results }: Report, id: string): Result[] {
  return results.filter((result) => result.id === id);
}

const json: RawHandler = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');

async function hostThat(handler: RawHandler): Promise<string> {
  host = await startRawUpstream(handler);
  return `default_provider = "custom:${host.url}/v1"\napi_key = "${KEY}"\ndefault_model = "m"\n`;
}

test('the shape of the contract, with what is added to it', async () => {
  const report = await examine('');
  for (const result of report.results) {
    expect(result).toMatchObject({
      id: expect.stringMatching(/^[a-z]+\.[a-z_-]+$/) as string,
      severity: expect.stringMatching(/^(ok|warn|error)$/) as string,
      category: expect.any(String) as string,
      message: expect.stringMatching(/\.$/) as string,
      duration_ms: expect.any(Number) as number,
    });
  }
  const { ok, warnings, errors } = report.summary;
  expect(ok + warnings + errors).toBe(report.results.length);
  expect(errors).toBe(0);
  expect(of(report, 'provider.configured')[0]).toMatchObject({
    severity: 'warn',
    advice: expect.stringContaining('OPENAI_API_KEY') as string,
  });
  expect(of(report, 'database.writable')[0]?.severity).toBe('ok');
});

test('every id stands in docs/doctor.md', async () => {
  const page = await readFile(join(__dirname, '../../../docs/doctor.md'), 'utf8');
  const { results } = await examine('[tunnel]\nprovider = "ngrok"\n[mcp.servers.x]\ncommand = "no-such-program"\n');
  const missing = results.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``));
  expect(missing).toEqual([]);
  expect(results.map(({ id }) => id)).toEqual(expect.arrayContaining(['tunnel.program', 'tunnel.open', 'mcp.servers']));
});

test('it takes the scope read to look and admin to examine, and no token is 401', async () => {
  gateway = await startGateway();
  expect((await fetch(`${gateway.url}/api/doctor`)).status).toBe(401);
  expect((await gateway.fetch('/api/doctor')).status).toBe(200);
});

describe('the model host', () => {
  test('that takes the key', async () => {
    const report = await examine(await hostThat(json));
    expect(of(report, 'provider.key')[0]).toMatchObject({
      severity: 'ok',
      message: expect.stringContaining('takes the key') as string,
    });
    expect(of(report, 'clock.skew')[0]?.severity).toBe('ok');
    expect(host?.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/v1/models', `Bearer ${KEY}`],
    ]);
  });

  test('that refuses it: the sentence says so and holds no key', async () => {
    const toml = await hostThat(
      (response) => void response.writeHead(401).end(`{"error":{"message":"Incorrect API key: ${KEY}"}}`),
    );
    const report = await examine(toml);
    expect(of(report, 'provider.key')[0]).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(/refuses the gateway's API key/) as string,
    });
    expect(JSON.stringify(report)).not.toContain(KEY);
  });

  test('that takes one key of two', async () => {
    const toml = await hostThat((response, request) => {
      const isGood = request.headers.authorization === `Bearer ${KEY}`;
      response.writeHead(isGood ? 200 : 401).end('{}');
    });
    const report = await examine(`${toml}[reliability]\napi_keys = ["sk-another-1234567890"]\n`);
    expect(of(report, 'provider.key')[0]).toMatchObject({
      severity: 'warn',
      message: expect.stringContaining('refuses key 2 of 2') as string,
    });
  });

  test('that speaks the protocol of Anthropic', async () => {
    await hostThat(json);
    const report = await examine(`default_provider = "anthropic-custom:${host?.url}"\napi_key = "${KEY}"\n`);
    expect(of(report, 'provider.key')[0]?.severity).toBe('ok');
    expect(host?.requests.map(({ path, headers }) => [path, headers['x-api-key']])).toEqual([['/v1/models', KEY]]);
  });

  test('that is a fallback and refuses: a warning, because the gateway works without', async () => {
    const toml = await hostThat((response, request) => {
      response.writeHead(request.url?.startsWith('/other') ? 401 : 200).end('{}');
    });
    const other = `[reliability]\nfallback_providers = ["other"]\n[model_providers.other]\nbase_url = "${host?.url}/other"\napi_key = "x"\n`;
    const report = await examine(toml + other);
    expect(of(report, 'provider.key')[0]?.severity).toBe('ok');
    expect(of(report, 'provider.fallbacks')[0]).toMatchObject({
      severity: 'warn',
      message: expect.stringContaining('other refuses') as string,
    });
  });

  test('that has no list of models is asked for a few tokens', async () => {
    const answer = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'pong' }, finish_reason: 'stop' }],
    };
    const toml = await hostThat((response, request) => {
      if (request.method === 'GET') response.writeHead(404).end('{}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    const report = await examine(toml);
    expect(of(report, 'provider.key')[0]?.severity).toBe('ok');
    expect(host?.requests.map(({ path }) => path)).toContain('/v1/chat/completions');
  });

  test('that is not there', async () => {
    const report = await examine('default_provider = "custom:http://127.0.0.1:1/v1"\napi_key = "x"\n');
    expect(of(report, 'provider.key')[0]).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('nothing listens') as string,
    });
    expect(of(report, 'database.writable')[0]?.severity).toBe('ok');
  });

  test('whose key is missing: the variable is named', async () => {
    const report = await examine('default_provider = "openai"\n');
    expect(of(report, 'provider.configured')[0]).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('OPENAI_API_KEY') as string,
    });
  });

  test('whose clock is ten minutes away', async () => {
    const date = new Date(Date.now() - 600_000).toUTCString();
    const report = await examine(
      await hostThat(
        (response) => void response.writeHead(200, { date, 'content-type': 'application/json' }).end('{}'),
      ),
    );
    expect(of(report, 'clock.skew')[0]).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(/is (599|600|598) s ahead/) as string,
    });
  });

  test('that never answers holds up nothing else, and ends with the time', async () => {
    gateway = await startGateway({ toml: await hostThat(() => undefined) });
    const began = performance.now();
    const report = (await (await gateway.fetch('/api/doctor')).json()) as Report;
    expect(performance.now() - began).toBeLessThan(14_000);
    expect(of(report, 'provider.key')[0]?.severity).toBe('error');
    expect(of(report, 'database.writable')[0]?.severity).toBe('ok');
  });
});

describePostgres('the database of a team', (_open, database) => {
  test('takes a write, and is up to date', async () => {
    const report = await examine(`[storage]\nurl = "${database.options().url}"\n`);
    expect(of(report, 'database.writable')).toEqual([
      expect.objectContaining({ severity: 'ok', message: 'The database (postgres) takes writes.' }),
    ]);
    expect(of(report, 'database.migrated')[0]?.severity).toBe('ok');
    // Nobody needs a data folder then.
    expect(report.results.filter(({ category, severity }) => category === 'data' && severity !== 'ok')).toEqual([]);
    await gateway?.stop();
    gateway = undefined;
  });
});

test('who only looks again gets the same report for a while; POST examines anew', async () => {
  gateway = await startGateway({ toml: await hostThat(json) });
  const look = async (method: 'GET' | 'POST') =>
    (await (await gateway?.fetch('/api/doctor', { method }))?.json()) as Report;
  const reports = await Promise.all([look('GET'), look('GET'), look('GET')]);
  expect(new Set(reports.map(({ checked_at: at }) => at)).size).toBe(1);
  await look('GET');
  expect(host?.requests).toHaveLength(1);
  await look('POST');
  expect(host?.requests).toHaveLength(2);
});

test('channels: what is missing, and whom the platform knows us as', async () => {
  const toml = await hostThat((response, request) => {
    const body = request.url?.endsWith('/getMe') ? { ok: true, result: { username: 'zero_bot' } } : { data: [] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const report = await examine(`${toml}
[channels_config.telegram]
bot_token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
webhook_secret = "a-secret-that-is-long"
allowed_users = ["*"]
api_base_url = "${host?.url}"
[channels_config.github]
webhook_secret = "x"
`);
  expect(of(report, 'channel.telegram')[0]).toMatchObject({
    severity: 'ok',
    message: expect.stringContaining('@zero_bot') as string,
  });
  expect(of(report, 'channel.github')[0]).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('access_token') as string,
  });
  expect(JSON.stringify(report)).not.toContain('AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
});

test('a file that was broken while the gateway runs, and one with unknown keys', async () => {
  const first = await examine('[gateway]\nprot = 1\n');
  expect(of(first, 'config.unknown_keys')[0]).toMatchObject({
    severity: 'warn',
    message: expect.stringContaining('did you mean gateway.port') as string,
  });
  await writeFile(join(gateway?.dir ?? '', 'config.toml'), '[gateway]\nport = "many"\n');
  const second = (await (await gateway?.fetch('/api/doctor', { method: 'POST' }))?.json()) as Report;
  expect(of(second, 'config.valid')[0]).toMatchObject({
    severity: 'error',
    message: expect.stringContaining('gateway.port') as string,
  });
});

describe('security', () => {
  const dirs: (() => Promise<void>)[] = [];

  afterAll(async () => {
    for (const remove of dirs) await remove();
  });

  async function security(toml: string): Promise<Map<string, Result>> {
    const dir = await tempDir();
    dirs.push(dir.remove);
    await writeFile(join(dir.path, 'config.toml'), toml, { mode: 0o600 });
    register.clear();
    const report = await runDoctor({ configDir: dir.path, security: true, env: {} });
    return new Map(report.results.map((result) => [result.id, result]));
  }

  test('a gateway as it comes has nothing to be said against', async () => {
    const found = await security('');
    expect([...found.values()].filter(({ severity }) => severity !== 'ok')).toEqual([]);
    expect([...found.keys()].sort()).toEqual(
      [
        'autonomy',
        'file_modes',
        'leak_guard',
        'metrics',
        'origins',
        'pairing',
        'public_bind',
        'tokens',
        'trusted_proxies',
        'unsigned_channels',
        'webhook_secret',
      ].map((name) => `exposure.${name}`),
    );
  });

  test.each([
    ['exposure.public_bind', 'warn', '[gateway]\nhost = "0.0.0.0"\nallow_public_bind = true\n'],
    ['exposure.pairing', 'warn', '[gateway]\nrequire_pairing = false\n'],
    ['exposure.pairing', 'error', '[gateway]\nrequire_pairing = false\nhost = "0.0.0.0"\nallow_public_bind = true\n'],
    ['exposure.pairing', 'error', '[gateway]\nrequire_pairing = false\n[tunnel]\nprovider = "tailscale"\n'],
    ['exposure.trusted_proxies', 'error', '[gateway]\ntrusted_proxies = ["0.0.0.0/0"]\n'],
    ['exposure.trusted_proxies', 'warn', '[gateway]\ntrusted_proxies = ["10.0.0.0/7"]\n'],
    ['exposure.trusted_proxies', 'warn', '[gateway]\ntrusted_proxies = ["nonsense"]\n'],
    ['exposure.trusted_proxies', 'ok', '[gateway]\ntrusted_proxies = ["10.0.0.0/8"]\n'],
    ['exposure.unsigned_channels', 'warn', '[channels_config.github]\nallow_unsigned = true\n'],
    [
      'exposure.unsigned_channels',
      'error',
      '[channels_config.github]\nallow_unsigned = true\n[tunnel]\nprovider = "ngrok"\n',
    ],
    ['exposure.webhook_secret', 'warn', '[channels_config.webhook]\nsecret = "short"\n'],
    ['exposure.metrics', 'warn', '[observability]\nmetrics_port = 9\nmetrics_host = "0.0.0.0"\n'],
    ['exposure.origins', 'warn', '[gateway.websocket]\nallowed_origins = ["*"]\n'],
    ['exposure.autonomy', 'warn', '[autonomy]\nlevel = "full"\n'],
    ['exposure.leak_guard', 'warn', '[security.outbound_leak_guard]\nenabled = false\n'],
    ['exposure.tokens', 'warn', `[gateway]\npaired_tokens = ["${'ab'.repeat(32)}"]\n`],
  ])('%s is %s', async (id, severity, toml) => {
    expect((await security(toml)).get(id)?.severity).toBe(severity);
  });

  test('files that others can read or change', async () => {
    const dir = await tempDir();
    dirs.push(dir.remove);
    const file = join(dir.path, 'config.toml');
    await writeFile(file, `api_key = "${KEY}"\n`);
    const modes = async (mode: number) => {
      await chmod(file, mode);
      register.clear();
      const { results } = await runDoctor({ configDir: dir.path, security: true, env: {} });
      return results.filter(({ id }) => id === 'exposure.file_modes').map(({ severity }) => severity);
    };
    expect(await modes(0o600)).toEqual(['ok']);
    expect(await modes(0o644)).toEqual(['warn']);
    expect(await modes(0o666)).toEqual(['error']);
  });
});

describe('zeroclaw doctor', () => {
  test('works while no gateway runs; exit code 0 with warnings, 1 with an error', async () => {
    const dir = await tempDir();
    const fine = await runZeroclaw(['doctor', '--config-dir', dir.path]);
    expect(fine).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fine.stdout).toContain('gateway.running: No gateway runs');
    const broken = await runZeroclaw(['doctor', '--security', '--json', '--config-dir', dir.path], {
      ZEROCLAW_GATEWAY_PORT: 'x',
    });
    expect(broken.exitCode).toBe(1);
    expect((JSON.parse(broken.stdout) as Report).results[0]).toMatchObject({ id: 'config.valid', severity: 'error' });
    await dir.remove();
  });

  test('sees the running gateway of the same folder and does not disturb it', async () => {
    gateway = await startGateway({ toml: await hostThat(json) });
    const { port } = new URL(gateway.url);
    const { stdout, exitCode } = await runZeroclaw(['doctor', '--json', '--config-dir', gateway.dir], {
      ZEROCLAW_GATEWAY_PORT: port,
    });
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(of(report, 'gateway.running')[0]?.message).toContain('The gateway runs');
    expect(of(report, 'scheduler.alive')[0]?.severity).toBe('ok');
    expect(of(report, 'provider.key')[0]?.severity).toBe('ok');
    expect((await gateway.fetch('/api/status')).status).toBe(200);
  });

  test('a database that cannot be opened is one finding among the others', async () => {
    const dir = await tempDir();
    await mkdir(join(dir.path, 'data', 'zeroclaw.db'), { recursive: true });
    const { stdout, exitCode } = await runZeroclaw(['doctor', '--json', '--config-dir', dir.path]);
    expect(exitCode).toBe(1);
    const report = JSON.parse(stdout) as Report;
    expect(of(report, 'database.writable')[0]?.severity).toBe('error');
    expect(of(report, 'exposure.public_bind')[0]?.severity).toBe('ok');
    await dir.remove();
  });
});
