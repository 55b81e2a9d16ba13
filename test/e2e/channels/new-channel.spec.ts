import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { docBlocks } from '../../support/doc-blocks';
import { freePort } from '../../support/free-port';
import { runShell, startShell } from '../../support/shell';
import type { RunningCommand } from '../../support/shell';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';

const ROOT = resolve(__dirname, '..', '..', '..');
const PARTS = 'src test scripts package.json tsconfig.json jest.config.cjs .prettierrc.json .oxlintrc.json'.split(' ');
const LIMIT_MS = 120_000;
const FILES = [
  'src/channels/carrier-pigeon/carrier-pigeon.channel.ts',
  'src/channels/carrier-pigeon/carrier-pigeon.config.ts',
  'src/channels/carrier-pigeon/carrier-pigeon.module.ts',
  'src/channels/carrier-pigeon/carrier-pigeon.payload.ts',
  'test/contract/channels/carrier-pigeon.spec.ts',
  'src/channels/roster.ts',
];

const [write = '', prove = '', platform = '', start = '', deliver = ''] = docBlocks('channels.md', 'sh');
const [table = ''] = docBlocks('channels.md', 'toml');

/** A checkout of its own, so that the page can be followed to the letter. */
let checkout: { path: string; remove: () => Promise<void> };
const running: RunningCommand[] = [];
const run = (script: string) => runShell(script, { cwd: checkout.path });
const begin = (script: string, env = {}) => {
  const command = startShell(script, { cwd: checkout.path, env });
  running.push(command);
  return command;
};

beforeAll(async () => {
  checkout = await tempDir();
  for (const part of PARTS) await cp(join(ROOT, part), join(checkout.path, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(checkout.path, 'node_modules'));
}, LIMIT_MS);
afterEach(async () => {
  for (const command of running.splice(0)) await command.stop();
});
afterAll(() => checkout.remove());

describe('docs/channels.md: a channel in five minutes', () => {
  it(
    'is written, and keeps the contract',
    async () => {
      const told = await run(write);
      for (const file of FILES) expect(told).toContain(file);
      expect(await run(prove)).toMatch(/Tests: +\d+ passed, \d+ total/);
    },
    LIMIT_MS,
  );

  it(
    'hears its platform and answers it',
    async () => {
      const [api, port] = [await freePort(), await freePort()];
      const here = (text: string) => text.replaceAll('4000', String(api)).replaceAll('42617', String(port));
      const home = join(checkout.path, 'home');
      await mkdir(join(home, '.zeroclaw'), { recursive: true });
      await writeFile(join(home, '.zeroclaw', 'config.toml'), here(table), { mode: 0o600 });
      const loft = begin(here(platform));
      // What it starts, without building it first.
      expect(start).toBe('npm start\n');
      const gateway = begin(`exec node --require ./test/support/typescript.cjs src/main.ts gateway --port ${port}`, {
        HOME: home,
      });
      await until(() => gateway.output().includes('listening on'), 60_000);
      expect(await run(here(deliver))).toBe('{"status":"ok"}');
      const answers = () => [...loft.output().matchAll(/\{"to":"ada","text":"[^"]*Hello!"\}/g)].length;
      await until(() => answers() === 1);
      expect(await run(here(deliver))).toBe('{"status":"ok"}');
      expect(await run(here(deliver).replace('m-1', 'm-2'))).toBe('{"status":"ok"}');
      await until(() => answers() === 2);
    },
    LIMIT_MS,
  );

  it(
    'is formatted, typed and free of what lint complains about',
    async () => {
      await run(`npx prettier --check ${FILES.join(' ')}\nnpx oxlint --deny-warnings ${FILES.join(' ')}`);
      const project = {
        extends: './tsconfig.json',
        compilerOptions: { incremental: false },
        include: ['src/**/*.d.ts'],
        files: FILES,
      };
      await writeFile(join(checkout.path, 'tsconfig.new.json'), JSON.stringify(project));
      expect(await run('node_modules/.bin/tsc -p tsconfig.new.json')).toBe('');
    },
    LIMIT_MS,
  );
});

describe('npm run new:channel', () => {
  it.each([
    ['', /^Usage: /m],
    ['two names', /^Usage: /m],
    ['CarrierPigeon', /is no name for a channel/],
    ['../../etc', /is no name for a channel/],
    ['-x', /is no name for a channel|^Usage/m],
    ['webhook', /\/webhook is a path of the gateway/],
    ['cli', /cli is a key of \[channels_config\]/],
    ['telegram', /src\/channels\/telegram exists already/],
    ['queues', /in the way:\ntest\/contract\/channels\/queues\.spec\.ts/],
  ])(
    'refuses %j and leaves everything as it was',
    async (name, words) => {
      const roster = () => readFile(join(checkout.path, 'src', 'channels', 'roster.ts'), 'utf8');
      const before = await roster();
      await expect(run(`npm run -s new:channel -- ${name}`)).rejects.toThrow(words);
      expect(await roster()).toBe(before);
    },
    LIMIT_MS,
  );
});
