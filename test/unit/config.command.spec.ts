import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { Command } from 'commander';
import { registerConfigCommand } from '../../src/config.command';
import { configSections } from '../../src/config-sections';
import { loadConfig } from '../../src/platform/config/load-config';
import { parseToml } from '../../src/platform/config/toml-document';
import { GatewayConfig } from '../../src/platform/http/gateway.config';
import { ModelsConfig } from '../../src/providers/models.config';
import { tempDir } from '../support/temp-dir';

describe('zeroclaw config', () => {
  let dir: string;
  let file: string;
  let remove: () => Promise<void>;
  let warned: string;

  beforeEach(async () => {
    ({ path: dir, remove } = await tempDir());
    file = join(dir, 'config.toml');
    warned = '';
  });
  afterEach(() => remove());

  const write = (toml: string) => writeFile(file, toml, { mode: 0o600 });
  /** What the command prints; rejects with what it complains about. */
  const run = async (args: string[], env: Record<string, string> = {}) => {
    let printed = '';
    const program = new Command('zeroclaw').option('--config-dir <dir>').exitOverride();
    registerConfigCommand(program, {
      out: (text) => void (printed += text),
      err: (text) => void (warned += text),
      env,
    });
    await program.parseAsync(['--config-dir', dir, 'config', ...args], { from: 'user' });
    return printed;
  };

  describe('show', () => {
    it('prints TOML that means what is in force, with secrets masked', async () => {
      await write(
        'model = "m"\napi_key = "sk-1"\n[gateway]\nport = 1\npaired_tokens = ["secret-1", "secret-2"]\n' +
          '[model_providers."custom:https://h"]\napi_key = "sk-2"\n[[model_routes]]\nhint = "fast"\nprovider = "p"\nmodel = "x"\n' +
          '[reliability.fallback_api_keys]\ngroq = "sk-3"\n',
      );

      const printed = await run(['show'], { ZEROCLAW_GATEWAY_HOST: '::1' });

      expect(printed).not.toMatch(/sk-\d|secret-\d/);
      expect(printed).toContain('host = "::1" # from ZEROCLAW_GATEWAY_HOST');
      expect(parseToml(printed).tree).toMatchObject({
        default_model: 'm',
        api_key: '***MASKED***',
        gateway: { port: 1, require_pairing: true, paired_tokens: ['***MASKED***', '***MASKED***'] },
        model_providers: { 'custom:https://h': { api_key: '***MASKED***' } },
        model_routes: [{ hint: 'fast', provider: 'p', model: 'x' }],
        reliability: { fallback_api_keys: { groq: '***MASKED***' } },
      });
    });

    it('refuses a configuration that cannot be used', async () => {
      await write('[gateway]\nport = "x"\n');

      await expect(run(['show'])).rejects.toThrow(/2:1 gateway\.port: found "x"/);
    });
  });

  describe('get', () => {
    it.each([
      ['gateway.port', '1\n'],
      ['gateway.host', '127.0.0.1\n'],
      ['gateway.trusted_proxies', '["::1"]\n'],
      ['gateway.paired_tokens', '["***MASKED***"]\n'],
      ['api_key', '***MASKED***\n'],
      ['model_provider', 'groq\n'],
      ['default_temperature', '\n'],
      ['model_providers."a.b".base_url', 'http://h\n'],
      ['model_providers."a.b".api_key', '***MASKED***\n'],
    ])('prints %s', async (key, expected) => {
      await write(
        'api_key = "k"\ndefault_provider = "groq"\n[gateway]\nport = 1\ntrusted_proxies = ["::1"]\npaired_tokens = ["t"]\n' +
          '[model_providers."a.b"]\nbase_url = "http://h"\napi_key = "k"\n',
      );

      expect(await run(['get', key])).toBe(expected);
    });

    it.each([
      ['gatway.port', 'did you mean gateway.port?'],
      ['gateway..port', 'is not a dotted key'],
      ['gateway', 'gateway is not a key'],
    ])('refuses %s', async (key, reason) => {
      await expect(run(['get', key])).rejects.toThrow(reason);
    });
  });

  describe('set', () => {
    it.each([
      ['gateway.port', '0', { gateway: { port: 0 } }],
      ['gateway.require_pairing', 'no', { gateway: { require_pairing: false } }],
      ['gateway.host', '::1', { gateway: { host: '::1' } }],
      ['gateway.trusted_proxies', '::1,10.0.0.0/8', { gateway: { trusted_proxies: ['::1', '10.0.0.0/8'] } }],
      ['gateway.trusted_proxies', '["::1"]', { gateway: { trusted_proxies: ['::1'] } }],
      ['default_temperature', '0.5', { default_temperature: 0.5 }],
      ['model_providers.mine.base_url', 'http://h', { model_providers: { mine: { base_url: 'http://h' } } }],
      ['reliability.model_fallbacks', '{ a = ["b"] }', { reliability: { model_fallbacks: { a: ['b'] } } }],
    ])('writes %s = %s', async (key, value, expected) => {
      await write('# keep me\n');

      expect(await run(['set', key, value])).toBe('');

      const text = await readFile(file, 'utf8');
      expect(parseToml(text).tree).toEqual(expected);
      expect(text).toContain('# keep me\n');
    });

    it.each([
      ['gateway.port', '70000', 'found 70000, allowed: a whole number from 0 to 65535'],
      ['gateway.port', 'many', 'found "many"'],
      ['gateway.prot', '1', 'did you mean gateway.port?'],
      ['gateway.trusted_proxies', '[oops', "is not a value in TOML's notation"],
      ['api_url', 'ftp://h', 'http'],
    ])('refuses %s = %s and writes nothing', async (key, value, reason) => {
      await expect(run(['set', key, value])).rejects.toThrow(reason);
      await expect(readFile(file)).rejects.toThrow('ENOENT');
    });

    it('says that the environment goes before what was written', async () => {
      await run(['set', 'gateway.port', '5'], { ZEROCLAW_GATEWAY_PORT: '6' });

      expect(warned).toContain('ZEROCLAW_GATEWAY_PORT goes before it');
    });

    it('mends a file with a wrong value', async () => {
      await write('[gateway]\nport = "x"\n');

      await run(['set', 'gateway.port', '5']);

      expect(await readFile(file, 'utf8')).toBe('[gateway]\nport = 5\n');
    });
  });

  describe('check', () => {
    it('says that all is fine', async () => {
      await write('[gateway]\nport = 1\n');

      expect(await run(['check'])).toBe(`${file} is fine\n`);
      expect(warned).toBe('');
    });

    it('names every reason, after the warnings', async () => {
      await write('[gateway]\nport = "x"\nhost = ""\nprot = 1\n');

      await expect(run(['check'])).rejects.toThrow(/2 mistakes:\n.*gateway\.port.*\n.*gateway\.host/);
      expect(warned).toContain('did you mean gateway.port?');
    });

    it('says why the file cannot be read', async () => {
      await mkdir(file);

      await expect(run(['check'])).rejects.toThrow('cannot be read');
    });
  });

  describe('schema', () => {
    it('is a JSON schema that accepts what the gateway accepts and refuses the rest', async () => {
      const validate = new Ajv2020({ strict: true, keywords: ['x-env', 'x-live'] }).compile(
        JSON.parse(await run(['schema'])) as object,
      );

      expect(validate(parseToml(await run(['schema', '--example'])).tree)).toBe(true);
      expect(validate({ gateway: { port: 70_000 } })).toBe(false);
      expect(validate({ security: { outbound_leak_guard: { action: 'shout' } } })).toBe(false);
      expect(validate({ model_routes: [{ max_tokens: 0 }] })).toBe(false);
    });
  });

  describe('config/config.example.toml', () => {
    const committed = () => readFile(join(__dirname, '..', '..', 'config', 'config.example.toml'), 'utf8');

    it('is up to date: npm run -s zeroclaw -- config schema --example > config/config.example.toml', async () => {
      expect(await committed()).toBe(await run(['schema', '--example']));
    });

    it('loads to exactly the defaults, without a warning', async () => {
      await write(await committed());

      const config = await loadConfig({ sections: configSections, configDir: dir, env: {} });

      for (const section of configSections) expect(config.get(section)).toEqual(new section());
      expect(await config.warnings()).toEqual([]);
    });

    it('stays a valid file when every commented key is uncommented', async () => {
      const uncomment = (text: string) => text.replaceAll(/^# (?=(?:\w+ = |\[|# ))/gm, '');
      await write(uncomment(uncomment(await committed())));

      const config = await loadConfig({ sections: configSections, configDir: dir, env: {} });

      expect(config.get(GatewayConfig).trusted_proxies).toEqual(['10.0.0.0/8']);
      expect(config.get(ModelsConfig).model_routes).toEqual([expect.objectContaining({ hint: '…', max_tokens: 1 })]);
      expect((await config.warnings()).filter((warning) => !warning.includes('chmod'))).toEqual([]);
    });
  });
});
