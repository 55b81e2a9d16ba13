import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runZeroclaw, spawnGateway } from '../support/gateway-process';
import type { GatewayProcess, ProcessOptions } from '../support/gateway-process';
import { postPair } from '../support/pairing-client';
import { tempDir } from '../support/temp-dir';

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

// Processes start slowly on a busy machine.
jest.setTimeout(60_000);

describe('pairing across processes', () => {
  const running: GatewayProcess[] = [];
  let folder: Awaited<ReturnType<typeof tempDir>>;

  const spawn = async (options: Omit<ProcessOptions, 'dir'> = {}) => {
    const gateway = await spawnGateway({ dir: folder.path, ...options });
    running.push(gateway);
    return gateway;
  };
  const zeroclawPair = async (...args: string[]) => {
    const result = await runZeroclaw(['pair', '--config-dir', folder.path, ...args]);
    return { ...result, code: /code: (\w{4}-\w{4})/.exec(result.stdout)?.[1] };
  };
  const toml = () => readFile(join(folder.path, 'config.toml'), 'utf8');

  beforeEach(async () => {
    folder = await tempDir();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((gateway) => gateway.kill('SIGKILL')));
    await folder.remove();
  });

  it('keeps a token that was given out just before a kill -9', async () => {
    const first = await spawn();
    const token = await redeem(first, first.code());
    await first.kill('SIGKILL');

    const second = await spawn();
    expect(second.code()).toBeUndefined();
    expect(second.stdout()).toContain('Pairing: ACTIVE');
    expect((await devices(second, token)).status).toBe(200);
  });

  it('"zeroclaw pair" prints a code for the gateway that is running', async () => {
    const gateway = await spawn();
    const { exitCode, code, stdout } = await zeroclawPair('--name', 'ci', '--scope', 'read', '--expires-in-days', '2');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`POST /pair with header X-Pairing-Code: ${code}`);

    const response = await devices(gateway, await redeem(gateway, code));
    expect(((await response.json()) as { devices: unknown[] }).devices).toEqual([
      expect.objectContaining({ name: 'ci', scopes: ['read'], expires_at: expect.any(String) }),
    ]);
    expect((await postPair(gateway.url, code)).status).toBe(403);
  });

  it('"zeroclaw pair" prints a code for a gateway that starts later', async () => {
    const { code } = await zeroclawPair('--scope', 'chat,read', '--scope', 'admin');
    const gateway = await spawn();
    expect((await devices(gateway, await redeem(gateway, code))).status).toBe(200);
  });

  it.each([
    [['--scope', 'root'], 'Scopes are chat, read, admin'],
    [['--expires-in-days', '0'], 'whole number of days'],
    [['--name', ' '], '1 to 100 characters'],
  ])('"zeroclaw pair %j" is refused with what is allowed', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await zeroclawPair(...args);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
  });

  it('says so when pairing is off', async () => {
    await writeFile(join(folder.path, 'config.toml'), '[gateway]\nrequire_pairing = false\n');
    const { exitCode, stdout } = await zeroclawPair();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Pairing is off');
  });

  it('loses no token when two gateways of one config.toml pair at the same time', async () => {
    const gateways = [await spawn(), await spawn()];
    const { code: first } = await zeroclawPair();
    const admin = await redeem(gateways[0] as GatewayProcess, first);
    const codes = await Promise.all(Array.from({ length: 8 }, () => issueCode(gateways[0] as GatewayProcess, admin)));
    const tokens = await Promise.all(codes.map((code, index) => redeem(gateways[index % 2] as GatewayProcess, code)));

    const written = await toml();
    for (const token of [admin, ...tokens]) expect(written).toContain(hashOf(token));
    // Either of them learns what the other one wrote.
    for (const gateway of gateways) {
      for (const token of tokens) await eventually(async () => (await devices(gateway, token)).status === 200);
    }
  });

  it('gives one code to one of two gateways', async () => {
    const gateways = [await spawn(), await spawn()];
    const { code } = await zeroclawPair();
    const answers = await Promise.all(gateways.map((gateway) => postPair(gateway.url, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('--new-pairing logs everybody out and shows a new code', async () => {
    const first = await spawn();
    const token = await redeem(first, first.code());
    await first.kill('SIGTERM');

    const second = await spawn({ args: ['--new-pairing'] });
    expect((await devices(second, token)).status).toBe(401);
    expect(await toml()).not.toContain(hashOf(token));
    expect((await devices(second, await redeem(second, second.code()))).status).toBe(200);
  });

  it('prints a new code when the last device is revoked', async () => {
    const gateway = await spawn();
    const token = await redeem(gateway, gateway.code());
    const before = gateway.stdout().length;
    const response = await devices(gateway, token, `/${hashOf(token)}`, 'DELETE');
    expect(response.status).toBe(200);

    const printed = () => /one-time code: (\w{4}-\w{4})/.exec(gateway.stdout().slice(before))?.[1];
    await eventually(async () => printed() !== undefined);
    expect((await devices(gateway, await redeem(gateway, printed()))).status).toBe(200);
  });

  it('never prints or logs a token', async () => {
    const gateway = await spawn({ env: { ZEROCLAW_LOG_LEVEL: 'debug' } });
    const token = await redeem(gateway, gateway.code());
    await devices(gateway, token);
    await gateway.kill('SIGTERM');
    expect(gateway.stdout() + gateway.stderr()).not.toContain(token.slice('zcl_live_'.length));
  });
});

function devices(gateway: GatewayProcess, token: string, path = '', method = 'GET'): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` };
  return fetch(`${gateway.url}/api/pairing/devices${path}`, { method, headers });
}

async function issueCode(gateway: GatewayProcess, token: string): Promise<string> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${gateway.url}/api/pairing/codes`, { method: 'POST', headers });
  return ((await response.json()) as { code: string }).code;
}

async function redeem(gateway: GatewayProcess, code: string | undefined): Promise<string> {
  return String((await postPair(gateway.url, code)).body['token']);
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}
