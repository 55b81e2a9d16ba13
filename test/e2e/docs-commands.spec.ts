import { readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configSections } from '../../src/config-sections';
import type { SectionClass } from '../../src/platform/config/section';
import { sectionKeys } from '../../src/platform/config/section';
import { FIXTURES } from '../support/api-fixtures';
import type { GatewayUnderTest } from '../support/gateway';
import { startGateway } from '../support/gateway';
import { runShell } from '../support/shell-docs';
import { tempDir } from '../support/temp-dir';

const ROOT = join(__dirname, '..', '..');
/** Pages whose commands have a suite of their own, or need what is not here: Docker, a load, a domain. */
const ELSEWHERE = new Set([
  'api.md',
  'channels.md',
  'performance.md',
  'operations.md',
  'reverse-proxy.md',
  'tunnels.md',
]);
/** What a person reads off an answer. */
const ETAG = String.raw`'s/^ETag: \(\S*\).*/\1/p'`;
const REVISION = String.raw`'s/.*"revision":"\([^"]*\)".*/\1/'`;
const ADDRESS = 'http://127.0.0.1:42617';

let folder: Awaited<ReturnType<typeof tempDir>>;
let bin: string;
let gateway: GatewayUnderTest;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await tempDir();
  bin = join(folder.path, 'bin');
  await mkdir(bin);
  const main = `--require ${ROOT}/test/support/typescript.cjs ${ROOT}/src/main.ts`;
  await program('zeroclaw', `exec ${process.execPath} ${main} "$@"`);
  // What the gateway answers is shown as it is; its status is kept aside.
  await program('curl', `exec /usr/bin/curl -s --max-time 2 -D "$(mktemp "$HEADS/XXXXXX")" "$@"`);
});
afterAll(() => folder.remove());

beforeEach(async () => {
  gateway = await startGateway({ toml: '# ours\n[cost]\nenabled = true\n' });
  const home = await mkdtemp(join(folder.path, 'home-'));
  await symlink(gateway.dir, join(home, '.zeroclaw'));
  await mkdir(join(home, 'heads'));
  const token = await gateway.pair();
  env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    HEADS: join(home, 'heads'),
    TOKEN: token,
    RUN: (await FIXTURES['RUN_ID']?.(gateway, token)) ?? '',
    REVISION: (await FIXTURES['REVISION_ID']?.(gateway, token)) ?? '',
    APPROVAL: (await FIXTURES['APPROVAL_ID']?.(gateway, token)) ?? '',
  };
}, 60_000);
afterEach(() => gateway.stop());

const pages = readPages();

it.each(pages.filter(({ page, blocks }) => !ELSEWHERE.has(page) && blocks.join().includes('curl')))(
  'every command of $page gets an answer',
  async ({ blocks }) => {
    // In one shell, because some set variables for others.
    const ran = await filledIn(blocks.filter((block) => block.includes('curl')).join('\n'));
    const { exitCode, stdout, stderr } = await runShell(ran, env, env['HOME']);
    const statuses = await Promise.all((await readdir(env['HEADS'] ?? '')).map(statusIn));
    // 28: the stream went on, and curl was told to leave.
    const isFine =
      (exitCode === 0 || exitCode === 28) && statuses.length > 0 && statuses.every((status) => status < 300);
    expect(isFine || { ran, exitCode, statuses, stdout, stderr }).toBe(true);
  },
);

it('every command of the command line that the pages name works', async () => {
  const named = inlineCommands();
  expect(named).toContain('zeroclaw config check');
  const wrong: unknown[] = [];
  for (const command of named) {
    const result = await runShell(command, env, env['HOME']);
    // The doctor says by its code that there is something to mend.
    if (result.exitCode !== 0 && !command.includes('doctor')) wrong.push({ command, ...result });
  }
  expect(wrong).toEqual([]);
}, 120_000);

it('names only variables of the environment that the gateway listens to', () => {
  const known = new Set([...configSections.flatMap(variablesOf), 'ZEROCLAW_CONFIG_DIR', 'ZEROCLAW_USE_PORT']);
  const named = pages.flatMap(({ page, text }) =>
    [...text.matchAll(/ZEROCLAW_[A-Z_]*[A-Z]/g)].map(([name]) => ({ page, name })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ name }) => !known.has(name.replace(/_FILE$/, '')))).toEqual([]);
});

it('the way from ZeroClaw works as it is told', async () => {
  const home = await tempDir();
  await cp(join(ROOT, 'test/fixtures/zeroclaw-0.1.8'), join(home.path, '.zeroclaw'), { recursive: true });
  const [command = ''] = pages.find(({ page }) => page === 'migration.md')?.blocks ?? [];
  const { exitCode, stdout, stderr } = await runShell(command, { ...env, HOME: home.path });
  expect({ exitCode, stdout: stdout.trim().split('\n').at(-1) }).toEqual({ exitCode: 0, stdout: '42617' });
  expect(stderr).toContain('these settings of ZeroClaw are not used by this gateway');
  expect(await readdir(home.path)).toEqual(expect.arrayContaining(['.zeroclaw', '.zeroclaw.before']));
  await home.remove();
}, 60_000);

/** Also those of tables within. */
function variablesOf(section: SectionClass): string[] {
  return [...sectionKeys(section).values()].flatMap(({ env: names = [], table }) => [
    ...[names].flat(),
    ...(table ? variablesOf(table) : []),
  ]);
}

/** What stands for something else in a page, as a person would fill it in. */
async function filledIn(command: string): Promise<string> {
  const code = (await FIXTURES['CODE']?.(gateway, '')) ?? '';
  return command
    .replaceAll(ADDRESS, gateway.url)
    .replaceAll(/ABCD-2345|7KQM-X4TD/g, code)
    .replaceAll('zcl_live_…', env['TOKEN'] ?? '')
    .replaceAll('apr_3f…', env['APPROVAL'] ?? '')
    .replaceAll('/revisions/7', `/revisions/${env['REVISION']}`)
    .replaceAll(`'If-Match: "<etag of GET>"'`, `"If-Match: $(curl -i -H "$AUTH" $BASE/api/config | sed -n ${ETAG})"`)
    .replaceAll('<of settings>', `'$(curl -H "$AUTH" $BASE/api/integrations/settings | sed ${REVISION})'`)
    .replaceAll('gsk_…', 'gsk_x');
}

async function statusIn(name: string): Promise<number> {
  const head = await readFile(join(env['HEADS'] ?? '', name), 'utf8');
  return Number(head.split(' ')[1]);
}

async function program(name: string, text: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(bin, name), 0o755);
}

/** Both names of the shell are in use; lines that begin with `#` show what comes back. */
function readPages() {
  const names = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const files = [
    ...names.map((page) => ({ page, file: join(ROOT, 'docs', page) })),
    { page: 'README.md', file: join(ROOT, 'README.md') },
  ];
  return files.map(({ page, file }) => {
    const text = readFileSync(file, 'utf8');
    const blocks = [...text.matchAll(/^```(?:sh|bash)\n([\s\S]+?)^```/gm)].map(([, block = '']) => block.trim());
    return { page, text, blocks };
  });
}

/** `zeroclaw …` in the running text, but for those that leave something to be filled in. */
function inlineCommands(): string[] {
  const found = pages.flatMap(({ text }) =>
    [...text.matchAll(/`(zeroclaw (?:config|doctor|pair)[^`]*)`/g)].map(([, command = '']) => command),
  );
  return [...new Set(found)].filter((command) => !/[<[…]|[A-Z]{2}|(config|set|get)$/.test(command)).sort();
}
