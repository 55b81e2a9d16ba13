import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runZeroclaw, spawnGateway } from '../support/gateway-process';
import type { GatewayProcess } from '../support/gateway-process';
import { tempDir } from '../support/temp-dir';
import { until } from '../support/until';

describe('the configuration of a gateway process', () => {
  let dir: string;
  let file: string;
  let remove: () => Promise<void>;
  let gateway: GatewayProcess | undefined;

  beforeEach(async () => {
    ({ path: dir, remove } = await tempDir());
    file = join(dir, 'config.toml');
    gateway = undefined;
  });
  afterEach(async () => {
    if (gateway?.child.exitCode === null) await gateway.kill('SIGKILL');
    await remove();
  });

  const pair = async (url: string) =>
    (await fetch(`${url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': 'WRONG' } })).status;

  it('stops the start with every mistake in a line of its own', async () => {
    await writeFile(file, '[gateway]\nport = "many"\nhost = ""\n');

    const { exitCode, stdout, stderr } = await runZeroclaw(['gateway', '--config-dir', dir], {
      ZEROCLAW_ALLOW_PUBLIC_BIND: 'perhaps',
    });

    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      [
        'The configuration has 3 mistakes:',
        '  environment variable ZEROCLAW_ALLOW_PUBLIC_BIND: gateway.allow_public_bind: found "perhaps", allowed: true or false',
        `  ${file}:2:1 gateway.port: found "many", allowed: a whole number from 0 to 65535`,
        `  ${file}:3:1 gateway.host: found "", allowed: text that is not empty`,
        '',
      ].join('\n'),
    );
  });

  it('lets the start pass with unknown keys, and names them in the log', async () => {
    await writeFile(file, '[gateway]\nrequire_paring = true\n', { mode: 0o600 });

    gateway = await spawnGateway({ dir });

    expect(gateway.stderr()).toContain('did you mean gateway.require_pairing?');
    expect(await gateway.kill('SIGTERM')).toBe(0);
  });

  it('is taken up by the running gateway where that is possible', async () => {
    gateway = await spawnGateway({ dir });
    expect(await pair(gateway.url)).not.toBe(429);

    await writeFile(file, '[gateway]\npair_rate_limit_per_minute = 1\nrate_limit_max_keys = 7\n', { mode: 0o600 });

    await until(() => gateway?.stderr().includes('restart the gateway for gateway.rate_limit_max_keys') ?? false);
    expect(gateway.stderr()).toContain('took up gateway.pair_rate_limit_per_minute');
    expect(await pair(gateway.url)).toBe(429);
    expect(await gateway.kill('SIGTERM')).toBe(0);
  });

  it('is changed and checked from the command line', async () => {
    await writeFile(file, '# ours\n[gateway] # doors\n', { mode: 0o600 });
    const config = (...args: string[]) => runZeroclaw(['config', ...args, '--config-dir', dir]);

    expect(await config('set', 'gateway.port', '8080')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await config('get', 'gateway.port')).toEqual({ exitCode: 0, stdout: '8080\n', stderr: '' });
    expect(await config('set', 'gateway.port', '80800')).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await config('check')).toEqual({ exitCode: 0, stdout: `${file} is fine\n`, stderr: '' });
    expect(await readFile(file, 'utf8')).toBe('# ours\n[gateway] # doors\nport = 8080\n');

    await writeFile(file, '[gateway]\nport = -1\n');
    expect(await config('check')).toMatchObject({ exitCode: 1, stdout: '' });
  });
});
