import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentConfig } from '../../../../src/agent/agent.config';
import { configSections } from '../../../../src/config-sections';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { GatewayConfig } from '../../../../src/platform/http/gateway.config';
import { ModelsConfig } from '../../../../src/providers/models.config';
import { tempDir } from '../../../support/temp-dir';
import { HouseConfig, sampleSections } from './sample.config';

const FIXTURE = join(__dirname, '..', '..', '..', 'fixtures', 'zeroclaw-0.1.8');

describe('a config.toml of ZeroClaw v0.1.8', () => {
  let dir: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: dir, remove } = await tempDir());
    await copyFile(join(FIXTURE, 'config.toml'), join(dir, 'config.toml'));
  });
  afterEach(() => remove());

  const load = () => loadConfig({ sections: configSections, configDir: dir, env: {} });

  it('loads, with its encrypted values', async () => {
    await copyFile(join(FIXTURE, '.secret_key'), join(dir, '.secret_key'));

    const config = await load();

    expect(config.get(ModelsConfig)).toMatchObject({
      default_provider: 'openrouter',
      default_model: 'anthropic/claude-sonnet-4.6',
      api_key: 'sk-or-v1-fixture-0000000000000000',
    });
    expect(config.get(GatewayConfig).paired_tokens).toEqual(['a'.repeat(64), 'b'.repeat(64)]);
    expect(config.get(AgentConfig).parallel_tools).toBe(false);
    expect(config.secretValues()).toContain('sk-or-v1-fixture-0000000000000000');
  });

  it('names everything that is not served in one warning, and takes nothing for a typing mistake', async () => {
    await copyFile(join(FIXTURE, '.secret_key'), join(dir, '.secret_key'));

    const warnings = (await (await load()).warnings()).filter((warning) => !warning.includes('chmod'));

    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/settings of ZeroClaw are not used by this gateway: .*\[browser\]/);
    expect(warnings[0]).toContain('autonomy.max_cost_per_day_cents');
    expect(warnings[0]).not.toContain('channels_config.telegram');
    expect(warnings[0]).not.toContain('[gateway]');
  });

  it('names every key whose value cannot be decrypted, and where the key file belongs', async () => {
    await expect(load()).rejects.toThrow(
      `config.toml:2:1 api_key: the value is encrypted and its key ${join(dir, '.secret_key')} cannot be read`,
    );
    await expect(load()).rejects.toThrow(/gateway\.paired_tokens: the value is encrypted/);
  });

  it.each([
    ['another key', 'f'.repeat(64), 'does not fit'],
    ['a key file that holds something else', 'hello', 'does not hold a key of 64 hex digits'],
  ])('refuses %s', async (_, key, reason) => {
    await writeFile(join(dir, '.secret_key'), key);

    await expect(load()).rejects.toThrow(reason);
  });

  it('refuses an encrypted value that was cut', async () => {
    await copyFile(join(FIXTURE, '.secret_key'), join(dir, '.secret_key'));
    await writeFile(join(dir, 'config.toml'), 'api_key = "enc2:0011"\n');

    await expect(load()).rejects.toThrow(/api_key: the encrypted value does not fit/);
  });
});

describe('keys that nobody knows', () => {
  let dir: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ path: dir, remove } = await tempDir()));
  afterEach(() => remove());

  const warningsOf = async (toml: string) => {
    await writeFile(join(dir, 'config.toml'), toml, { mode: 0o600 });
    const config = await loadConfig({ sections: sampleSections, configDir: dir, env: {} });
    expect(config.get(HouseConfig).port).toBe(80);
    return (await config.warnings()).map((warning) => warning.replace(`${dir}/`, ''));
  };

  it.each([
    [
      'a key',
      '[house]\nprot = 1\n',
      'config.toml:2:1 house.prot is not a key of this gateway and is ignored; did you mean house.port?',
    ],
    [
      'a table',
      '[hause]\nport = 1\n',
      'config.toml:1:1 hause is not a key of this gateway and is ignored; did you mean house?',
    ],
    [
      'a key above all tables',
      'nmae = 1\n',
      'config.toml:1:1 nmae is not a key of this gateway and is ignored; did you mean name?',
    ],
    [
      'a key like no other',
      '[house]\nxyzzy = 1\n',
      'config.toml:2:1 house.xyzzy is not a key of this gateway and is ignored',
    ],
    [
      'a key of a nested table',
      '[house.porch]\nwats = 1\n',
      'config.toml:2:1 house.porch.wats is not a key of this gateway and is ignored; did you mean house.porch.watts?',
    ],
    [
      'a key of a listed table',
      '[[house.row]]\n[[house.row]]\nwats = 1\n',
      'config.toml:3:1 house.row[1].wats is not a key of this gateway and is ignored; did you mean house.row[1].watts?',
    ],
    [
      'a key of a free map',
      '[house.rooms.x]\nwats = 1\n',
      'config.toml:2:1 house.rooms.x.wats is not a key of this gateway and is ignored; did you mean house.rooms.x.watts?',
    ],
  ])('are named once, with what was probably meant: %s', async (_, toml, warning) => {
    expect(await warningsOf(toml)).toEqual([warning]);
  });

  it('leave the entries of free maps alone', async () => {
    expect(await warningsOf('[house.rooms.anything]\nwatts = 1\n[house.prices]\nanything = 1\n')).toEqual([]);
  });
});
