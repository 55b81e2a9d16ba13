import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { tempDir } from '../../../support/temp-dir';
import { HouseConfig, Lamp, RootConfig, sampleSections } from './sample.config';

describe('loading the configuration', () => {
  let dir: string;
  let remove: () => Promise<void>;

  beforeEach(async () => ({ path: dir, remove } = await tempDir()));
  afterEach(() => remove());

  const write = (toml: string, mode = 0o600) => writeFile(join(dir, 'config.toml'), toml, { mode });
  const load = (env: Record<string, string> = {}, flags: Record<string, unknown> = {}) =>
    loadConfig({ sections: sampleSections, configDir: dir, env, flags });
  const mistakes = (env: Record<string, string> = {}) =>
    load(env).then(
      () => 'none',
      (error: Error) => error.message.replaceAll(dir, '<dir>'),
    );

  it('takes the defaults when there is no file, and creates none', async () => {
    const config = await loadConfig({ sections: sampleSections, configDir: join(dir, 'not', 'there'), env: {} });

    expect(config.get(HouseConfig)).toEqual(new HouseConfig());
    expect(config.file).toBe(join(dir, 'not', 'there', 'config.toml'));
    expect(await readdir(dir)).toEqual([]);
  });

  it('lets the environment go before the file and a flag before both', async () => {
    await write('[house]\nport = 1\ndegrees = 1.5\nguests = ["file"]\n');

    const config = await load(
      { ZEROCLAW_GATEWAY_PORT: '2', SAMPLE_DEGREES: '2.5' },
      { 'house.port': '3', 'house.open': undefined },
    );

    expect(config.get(HouseConfig)).toMatchObject({ port: 3, degrees: 2.5, guests: ['file'], open: false });
  });

  it('reads tables, lists of tables and free maps', async () => {
    await write(
      '[house.porch]\nwatts = 5\n[[house.row]]\nwatts = 1\n[[house.row]]\n[house.rooms."living room"]\ncode = "x"\n[house.prices]\ntea = 2\n',
    );

    const house = (await load()).get(HouseConfig);

    expect(house.porch).toBeInstanceOf(Lamp);
    expect(house.porch.watts).toBe(5);
    expect(house.row.map(({ watts }) => watts)).toEqual([1, 10]);
    expect(house.rooms['living room']).toMatchObject({ watts: 10, code: 'x' });
    expect(house.prices).toEqual({ tea: 2 });
  });

  it('hands out sections that nobody can change', async () => {
    await write('[house.porch]\nwatts = 5\n');
    const house = (await load()).get(HouseConfig);

    expect(() => Object.assign(house, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(house.porch, { watts: 1 })).toThrow(TypeError);
  });

  it('names every wrong value at once, with place, value and what is allowed', async () => {
    await write(
      [
        'name = ""',
        '[house]',
        '  port = 70000',
        'degrees = "warm"',
        'mode = "half"',
        'guests = "Bob"',
        'keys = [1]',
        'open = "yes"',
        'porch = 3',
        'row = [{ watts = 0 }]',
        '[house.rooms.hall]',
        'watts = 1.5',
      ].join('\n'),
    );

    expect((await mistakes()).split('\n')).toEqual([
      'The configuration has 10 mistakes:',
      '  <dir>/config.toml:1:1 name: found "", allowed: text that is not empty',
      '  <dir>/config.toml:3:3 house.port: found 70000, allowed: a whole number from 0 to 65535',
      '  <dir>/config.toml:4:1 house.degrees: found "warm", allowed: a number',
      '  <dir>/config.toml:5:1 house.mode: found "half", allowed: one of readonly, full',
      '  <dir>/config.toml:6:1 house.guests: found "Bob", allowed: a list, each entry text',
      '  <dir>/config.toml:7:1 house.keys: found a list of 1, allowed: a list, each entry text',
      '  <dir>/config.toml:8:1 house.open: found "yes", allowed: true or false',
      '  <dir>/config.toml:9:1 house.porch: found 3, allowed: a table, [house.porch]',
      '  <dir>/config.toml:10:10 house.row[0].watts: found 0, allowed: a whole number of at least 1',
      '  <dir>/config.toml:12:1 house.rooms.hall.watts: found 1.5, allowed: a whole number of at least 1',
    ]);
  });

  it('never repeats a secret, not even a wrong one', async () => {
    await write('[house]\nkeys = "hunter2"\nalarm = ["hunter2"]\n');

    const message = await mistakes();

    expect(message).toContain('house.keys: found text (not shown: it is a secret)');
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['a value that is missing', '[house]\nport =\n', /config\.toml:2:7 is not valid TOML: the line ends too early/],
    ['a key that is set twice', 'name = "a"\nname = "b"\n', /config\.toml:2:1 is not valid TOML: .*name/],
    ['a table that is not closed', '[house\n', /config\.toml:1:7 is not valid TOML: the line ends too early/],
    ['text without quotes', 'name = Ada\n', /config\.toml:1:8 is not valid TOML: "A" does not belong there/],
    ['a list that is not closed', 'a = [1,', /config\.toml:1:8 is not valid TOML: it ends too early/],
    ['a table where there is a value', 'house = 1\n', /config\.toml:1:1 house: found 1, allowed: a table, \[house\]/],
  ])('says where the file breaks: %s', async (_, toml, expected) => {
    await write(toml);

    expect(await mistakes()).toMatch(expected);
  });

  it('says why the file cannot be read', async () => {
    await mkdir(join(dir, 'config.toml'));

    expect(await mistakes()).toMatch(/config\.toml: cannot be read \(EISDIR/);
  });

  it('accepts a file that begins with a byte order mark and has CRLF line ends', async () => {
    await write('\ufeffname = "Ada"\r\n[house]\r\nport = 1\r\n');

    const config = await load();

    expect(config.get(RootConfig).name).toBe('Ada');
    expect(config.get(HouseConfig).port).toBe(1);
  });

  it('accepts other spellings of keys and values', async () => {
    await write('title = "Ada"\n[house]\nmode = "read_only"\n');

    const config = await load();

    expect(config.get(RootConfig).name).toBe('Ada');
    expect(config.get(HouseConfig).mode).toBe('readonly');
  });

  it('says which of two spellings counts', async () => {
    await write('title = "Bob"\nname = "Ada"\n');

    const config = await load();

    expect(config.get(RootConfig).name).toBe('Ada');
    expect(await config.warnings()).toContain('title is ignored: name means the same and is set too');
  });

  describe('from the environment', () => {
    it('reads numbers, booleans and lists', async () => {
      const config = await load({
        ZEROCLAW_GATEWAY_PORT: '8080',
        SAMPLE_OPEN: 'Yes',
        SAMPLE_GUESTS: 'Ada, Bob,',
        SAMPLE_OLD_NAME: 'Eve',
      });

      expect(config.get(HouseConfig)).toMatchObject({ port: 8080, open: true, guests: ['Ada', 'Bob'] });
      expect(config.get(RootConfig).name).toBe('Eve');
    });

    it('names the variable of a wrong value', async () => {
      expect(await mistakes({ SAMPLE_OPEN: 'perhaps' })).toContain(
        'environment variable SAMPLE_OPEN: house.open: found "perhaps", allowed: true or false',
      );
    });

    it('treats an empty variable as absent', async () => {
      await write('[house]\nport = 7\n');

      expect((await load({ ZEROCLAW_GATEWAY_PORT: '' })).get(HouseConfig).port).toBe(7);
    });

    it('ignores what Kubernetes puts there for a Service of the same name', async () => {
      const config = await load({ ZEROCLAW_GATEWAY_PORT: 'tcp://10.96.0.1:42617' });

      expect(config.get(HouseConfig).port).toBe(80);
      expect((await config.warnings()).join()).toContain('enableServiceLinks');
    });

    it('takes the generic PORT only when told to', async () => {
      expect((await load({ PORT: '5000' })).get(HouseConfig).port).toBe(80);
      expect((await load({ PORT: '5000', ZEROCLAW_USE_PORT: '1' })).get(HouseConfig).port).toBe(5000);
    });

    it('names a variable that is probably misspelt', async () => {
      const config = await load({
        ZEROCLAW_GATEWAY_PROT: '1',
        ZEROCLAW_GATEWAY_PORT_FILE: '/x',
        ZEROCLAW_GATEWAY_SERVICE_HOST: '10.0.0.1',
        ZEROCLAW_PORT: 'tcp://10.0.0.1:80',
      });

      expect(await config.warnings()).toEqual([
        'environment variable ZEROCLAW_GATEWAY_PROT is not known and is ignored; did you mean ZEROCLAW_GATEWAY_PORT?',
      ]);
    });

    it('reads a secret from the file that <NAME>_FILE names', async () => {
      await writeFile(join(dir, 'alarm'), 'hunter2\n');

      const config = await load({ SAMPLE_ALARM_FILE: join(dir, 'alarm'), SAMPLE_NAME_FILE: join(dir, 'alarm') });

      expect(config.get(HouseConfig).alarm).toBe('hunter2');
      expect(config.get(RootConfig).name).toBeUndefined();
      expect(config.secretValues()).toContain('hunter2');
    });

    it('refuses to start without the secret that <NAME>_FILE promises', async () => {
      expect(await mistakes({ SAMPLE_ALARM_FILE: join(dir, 'nowhere') })).toMatch(
        /SAMPLE_ALARM_FILE: house\.alarm: .*nowhere/,
      );
    });
  });

  describe('where the file is', () => {
    const placeOf = async (env: Record<string, string>, configDir?: string) =>
      (await loadConfig({ sections: sampleSections, configDir, env: { HOME: dir, ...env } })).file.replace(dir, '');

    it('follows flag, ZEROCLAW_CONFIG_DIR and the home folder in this order', async () => {
      expect(await placeOf({ ZEROCLAW_CONFIG_DIR: join(dir, 'b') }, join(dir, 'a'))).toBe('/a/config.toml');
      expect(await placeOf({ ZEROCLAW_CONFIG_DIR: '~/b' })).toBe('/b/config.toml');
      expect(await placeOf({})).toBe('/.zeroclaw/config.toml');
    });

    it('follows ZEROCLAW_WORKSPACE as the images of ZeroClaw set it', async () => {
      expect(await placeOf({ ZEROCLAW_WORKSPACE: '~/workspace' })).toBe('/.zeroclaw/config.toml');
      expect(await placeOf({ ZEROCLAW_WORKSPACE: '~/other' })).toBe('/other/config.toml');
      await mkdir(join(dir, 'workspace'));
      await writeFile(join(dir, 'workspace', 'config.toml'), '');
      expect(await placeOf({ ZEROCLAW_WORKSPACE: '~/workspace' })).toBe('/workspace/config.toml');
    });

    it('follows the active workspace', async () => {
      await mkdir(join(dir, '.zeroclaw'));
      await writeFile(join(dir, '.zeroclaw', 'active_workspace.toml'), `config_dir = "${dir}/team"\n`);

      expect(await placeOf({})).toBe('/team/config.toml');
      await writeFile(join(dir, '.zeroclaw', 'active_workspace.toml'), 'config_dir = \n');
      await expect(placeOf({})).rejects.toThrow(/active_workspace\.toml:1:14 cannot be used/);
    });

    it('puts the data folder beside it unless told otherwise', async () => {
      expect((await load()).dataDir).toBe(join(dir, 'data'));
      await write('[storage]\ndata_dir = "state"\n');
      expect((await load()).dataDir).toBe(join(dir, 'state'));
      await write('[storage]\ndata_dir = "/var/lib/zeroclaw"\n');
      expect((await load()).dataDir).toBe('/var/lib/zeroclaw');
    });
  });

  describe('a file that every user of the machine can read', () => {
    const warned = async () => (await (await load()).warnings()).some((warning) => warning.includes('chmod 600'));

    it('is warned of when it holds a secret', async () => {
      await write('[house]\nalarm = "hunter2"\n');
      await chmod(join(dir, 'config.toml'), 0o644);
      expect(await warned()).toBe(true);
      await chmod(join(dir, 'config.toml'), 0o600);
      expect(await warned()).toBe(false);
    });

    it('is fine when it holds none but hashes', async () => {
      await write(`[house]\nkeys = ["${'a'.repeat(64)}"]\n`);
      await chmod(join(dir, 'config.toml'), 0o644);
      expect(await warned()).toBe(false);
    });
  });
});
