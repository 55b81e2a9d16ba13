import { spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigFile } from '../../../../src/platform/config/config-file';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { parseToml } from '../../../../src/platform/config/toml-document';
import { tempDir } from '../../../support/temp-dir';
import { HouseConfig, RootConfig, sampleSections } from './sample.config';

const SRC = join(__dirname, '..', '..', '..', '..', 'src');
const TYPESCRIPT = join(__dirname, '..', '..', '..', 'support', 'typescript.cjs');
const FIXTURE = join(__dirname, '..', '..', '..', 'fixtures', 'zeroclaw-0.1.8');

describe('changing config.toml', () => {
  let dir: string;
  let file: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: dir, remove } = await tempDir());
    file = join(dir, 'config.toml');
  });
  afterEach(() => remove());

  const load = (env: Record<string, string> = {}) => loadConfig({ sections: sampleSections, configDir: dir, env });
  const text = () => readFile(file, 'utf8');
  const mode = async () => ((await stat(file)).mode & 0o777).toString(8);

  it('acts at once and hands over what the file says', async () => {
    await writeFile(file, '[house]\nkeys = ["a"]\n');
    const config = await load();

    await config.update<string[]>('house.keys', (current = []) => [...current, 'b']);

    expect(config.get(HouseConfig).keys).toEqual(['a', 'b']);
    expect(await text()).toBe('[house]\nkeys = ["a", "b"]\n');
  });

  it('creates a private file, folder included', async () => {
    dir = join(dir, 'new', 'place');
    file = join(dir, 'config.toml');

    await (await load()).update('house.port', () => 1);

    expect(await text()).toBe('[house]\nport = 1\n');
    expect(await mode()).toBe('600');
  });

  it('keeps comments, order, unknown keys and the mode, and leaves nothing behind', async () => {
    const before =
      '# mine\n[browser]\nenabled = true # unknown here\n\n# doors\n[house] # h\nport = 1 # p\nopen = true\n';
    await writeFile(file, before);
    await chmod(file, 0o640);

    await (await load()).update('house.port', () => 2);

    expect(await text()).toBe(before.replace('port = 1', 'port = 2'));
    expect(await mode()).toBe('640');
    expect(await readdir(dir)).toEqual(['config.toml']);
  });

  it('never writes what came from the environment', async () => {
    await writeFile(file, '[house]\nport = 1\n');
    const config = await load({
      ZEROCLAW_GATEWAY_PORT: '99',
      SAMPLE_ALARM: 'hunter2',
      SAMPLE_KEYS: 'from-environment',
    });
    let seen: unknown = 'not called';

    await config.update<string[]>('house.keys', (current) => {
      seen = current;
      return ['x'];
    });

    expect(seen).toBeUndefined();
    expect(await text()).toBe('[house]\nport = 1\nkeys = ["x"]\n');
    expect(config.get(HouseConfig).port).toBe(99);
  });

  it('writes to the spelling that the file uses', async () => {
    await writeFile(file, 'title = "Ada" # hers\n');
    const config = await load();

    await config.update('name', () => 'Bob');

    expect(await text()).toBe('title = "Bob" # hers\n');
    expect(config.get(RootConfig).name).toBe('Bob');
  });

  it('leaves encrypted values that were not touched as they are', async () => {
    const tree = parseToml(await readFile(join(FIXTURE, 'config.toml'), 'utf8')).tree;
    const [first, second] = (tree['gateway'] as { paired_tokens: string[] }).paired_tokens;
    await writeFile(join(dir, '.secret_key'), await readFile(join(FIXTURE, '.secret_key')));
    await writeFile(file, `[house]\nkeys = ["${first}", "${second}"]\n`);
    const config = await load();

    await config.update<string[]>('house.keys', (current = []) => [...current.slice(1), 'new']);

    expect(config.get(HouseConfig).keys).toEqual(['b'.repeat(64), 'new']);
    expect(await text()).toBe(`[house]\nkeys = ["${second}", "new"]\n`);
  });

  it('refuses a value that is not allowed, and writes nothing', async () => {
    await writeFile(file, '[house]\nport = 1\n');
    const config = await load({ ZEROCLAW_GATEWAY_PORT: '99' });

    await expect(config.update('house.port', () => 70_000)).rejects.toMatchObject({
      status: 400,
      code: 'config.invalid',
      message: expect.stringContaining('house.port: found 70000, allowed: a whole number from 0 to 65535') as string,
    });
    expect(await text()).toBe('[house]\nport = 1\n');
  });

  it('refuses to write into a file that somebody broke meanwhile', async () => {
    const config = await load();
    await writeFile(file, '[house\n');

    await expect(config.update('house.port', () => 1)).rejects.toMatchObject({ status: 409, code: 'config.broken' });
    expect(await text()).toBe('[house\n');
  });

  it('writes beside a wrong value that somebody left elsewhere, and keeps running as before', async () => {
    const config = await load();
    await writeFile(file, '[house]\ndegrees = "warm"\n');

    await config.update('house.port', () => 1);

    expect(await text()).toBe('[house]\ndegrees = "warm"\nport = 1\n');
    expect(config.get(HouseConfig)).toMatchObject({ degrees: 20.5, port: 80 });
  });

  it('passes on what the edit throws, and the next change works', async () => {
    const config = await load();
    const fails = config.update('house.port', () => {
      throw new Error('changed my mind');
    });

    await expect(fails).rejects.toThrow('changed my mind');
    await config.update('house.port', () => 3);
    expect(config.get(HouseConfig).port).toBe(3);
  });

  it('follows a link instead of replacing it', async () => {
    await mkdir(join(dir, 'real'));
    await writeFile(join(dir, 'real', 'settings.toml'), '[house]\nport = 1\n');
    await symlink(join('real', 'settings.toml'), file);

    await (await load()).update('house.port', () => 2);

    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'real', 'settings.toml'), 'utf8')).toBe('[house]\nport = 2\n');
  });

  it('creates the file that a dangling link points at', async () => {
    await mkdir(join(dir, 'real'));
    await symlink(join('real', 'settings.toml'), file);

    await (await load()).update('house.port', () => 2);

    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'real', 'settings.toml'), 'utf8')).toBe('[house]\nport = 2\n');
  });

  it.each(['EBUSY', 'EXDEV'])('writes in place where the file is a mount of its own (%s)', async (code) => {
    await writeFile(file, 'a much longer text than the new one');
    const mounted = new ConfigFile(file, () => Promise.reject(Object.assign(new Error('rename'), { code })));

    await mounted.rewrite((before) => Promise.resolve(before.slice(0, 6)));

    expect(await text()).toBe('a much');
  });

  it.each(['EROFS', 'EACCES', 'ENOSPC'])('says that the file cannot be written (%s), and keeps it', async (code) => {
    await writeFile(file, 'old');
    const readOnly = new ConfigFile(file, () => Promise.reject(Object.assign(new Error('write'), { code })));

    await expect(readOnly.rewrite(() => Promise.resolve('new'))).rejects.toMatchObject({
      status: 409,
      code: 'config.not_writable',
      message: `${file} cannot be written (${code}): make the file and its folder writable for the gateway's user`,
    });
    expect(await text()).toBe('old');
  });

  it('says that the folder cannot be made', async () => {
    await writeFile(join(dir, 'file'), '');
    dir = join(dir, 'file', 'below');

    await expect((await load()).update('house.port', () => 1)).rejects.toMatchObject({ code: 'config.not_writable' });
  });

  it('takes over the lock of a process that died', async () => {
    await writeFile(file, '[house]\n');
    await mkdir(`${file}.lock`);
    await utimes(`${file}.lock`, new Date(0), new Date(0));

    await (await load()).update('house.port', () => 5);

    expect(await text()).toBe('[house]\nport = 5\n');
  });

  it('loses nothing when several processes and this one write at once', async () => {
    await writeFile(file, '# keep me\n[gateway]\npaired_tokens = []\n');
    const writers = ['a', 'b', 'c'].map((name) => writeFromOtherProcess(dir, name));
    const config = await load();
    for (let index = 0; index < 10; index++) {
      await config.update<string[]>('gateway.paired_tokens', (tokens = []) => [...tokens, `here-${index}`]);
    }
    expect(await Promise.all(writers)).toEqual([0, 0, 0]);

    const { gateway } = parseToml(await text()).tree as { gateway: { paired_tokens: string[] } };
    const expected = ['a', 'b', 'c', 'here'].flatMap((name) =>
      Array.from({ length: 10 }, (_, index) => `${name}-${index}`),
    );
    expect(gateway.paired_tokens.sort()).toEqual(expected.sort());
    expect(await text()).toContain('# keep me');
    expect(await readdir(dir)).toEqual(['config.toml']);
  }, 60_000);
});

/** Ten changes by a process of its own; resolves with its exit code. */
function writeFromOtherProcess(configDir: string, name: string): Promise<number | null> {
  const script = `
    require('reflect-metadata');
    const { loadConfig } = require('${SRC}/platform/config/load-config.ts');
    const { configSections } = require('${SRC}/config-sections.ts');
    void (async () => {
      const config = await loadConfig({ sections: configSections, configDir: ${JSON.stringify(configDir)}, env: {} });
      for (let index = 0; index < 10; index++)
        await config.update('gateway.paired_tokens', (tokens = []) => [...tokens, '${name}-' + index]);
    })();`;
  const child = spawn(process.execPath, ['--require', TYPESCRIPT, '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => child.once('close', resolve));
}
