import { link, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as fc from 'fast-check';
import { PathGuard } from '../../../../src/tools/safety/path-guard';
import { CommandPolicy } from '../../../../src/tools/shell/command-policy';
import { WorkspaceFiles } from '../../../../src/tools/files/workspace-files';
import { startTools } from '../../../support/tools';
import type { ToolsUnderTest } from '../../../support/tools';

let tools: ToolsUnderTest;
let guard: PathGuard;
let files: WorkspaceFiles;
let outside: string;

beforeEach(async () => {
  tools = await startTools();
  guard = tools.get(PathGuard);
  files = tools.get(WorkspaceFiles);
  outside = join(tools.dir, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'secret.txt'), 'secret');
  await tools.write({ 'a.txt': 'a', 'sub/b.txt': 'b', '.env': 'KEY=1' });
});
afterEach(() => tools.stop());

describe('paths on a real disk', () => {
  it('are found below the workspace, also those that do not exist yet', async () => {
    const root = await realpath(tools.workspace);
    expect(await guard.resolve('sub/b.txt', 'read')).toBe(join(root, 'sub/b.txt'));
    expect(await guard.resolve('new/deep/file', 'write')).toBe(join(root, 'new/deep/file'));
  });

  it.each([
    ['a link to a file outside', 'leak', () => join(outside, 'secret.txt'), 'leak'],
    ['a folder link to the outside', 'door', () => outside, 'door/secret.txt'],
    ['something new behind a folder link', 'door', () => outside, 'door/new/file.txt'],
    ['a relative link upwards', 'up', () => '../outside', 'up/secret.txt'],
    ['a link to a sensitive file', 'plain.txt', () => '.env', 'plain.txt'],
    ["a link to the gateway's configuration", 'conf', () => join(tools.dir, 'config.toml'), 'conf'],
  ])('refuses %s', async (_, name, target, path) => {
    await symlink(target(), join(tools.workspace, name));
    await expect(guard.resolve(path, 'read')).rejects.toThrow(/symbolic link|outside|secrets/);
    await expect(guard.resolve(path, 'write')).rejects.toThrow(/symbolic link|outside|secrets/);
  });

  it('follows links that stay inside, but writes through none', async () => {
    await symlink('a.txt', join(tools.workspace, 'also-a'));
    expect(await files.read('also-a')).toBe('a');
    await expect(files.write('also-a', 'x')).rejects.toThrow(/symbolic link/);
  });

  it.each([
    ['a chain of links', 'one', 'two', /symbolic link/],
    ['a circle of links', 'one', 'one', /circles/],
    ['a link to nowhere', 'nowhere', 'gone', /symbolic link/],
  ])('refuses %s', async (_, first, second, reason) => {
    await symlink(second, join(tools.workspace, first));
    if (second === 'two') await symlink(outside, join(tools.workspace, 'two'));
    await expect(guard.resolve(`${first}/x`, 'read')).rejects.toThrow(reason);
  });

  it('refuses files with a second name, for reading and for writing', async () => {
    await link(join(outside, 'secret.txt'), join(tools.workspace, 'innocent.txt'));
    await expect(files.read('innocent.txt')).rejects.toThrow(/hard links/);
    await expect(files.write('innocent.txt', 'x')).rejects.toThrow(/hard links/);
    await expect(files.edit('innocent.txt', () => 'x')).rejects.toThrow(/hard links/);
  });

  it('takes a file in the way of a folder for what it is', async () => {
    await expect(guard.resolve('a.txt/x', 'read')).rejects.toThrow(/as if it were a folder/);
  });

  it('notices when a file was replaced after it was judged', async () => {
    const real = await guard.resolve('a.txt', 'read');
    await expect(guard.confirm(real, { dev: 0, ino: 0 })).rejects.toThrow(/replaced/);
  });

  it('never gives a path outside, whatever links there are', async () => {
    const names = ['a.txt', 'sub', 'door', 'up', 'loop', 'new', '.env', '..', '.', '', 'workspace'];
    await symlink(outside, join(tools.workspace, 'door'));
    await symlink('..', join(tools.workspace, 'up'));
    await symlink('.', join(tools.workspace, 'loop'));
    const root = await realpath(tools.workspace);
    const path = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(path, fc.constantFrom('read' as const, 'write' as const), async (text, intent) => {
        const real = await guard.resolve(text, intent).catch(() => root);
        expect(relative(root, real)).not.toMatch(/^\.\.|\.env/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the workspace', () => {
  it.each([
    ['a folder beside config.toml', '', 'workspace'],
    ['what the operator says, relative to config.toml', '[autonomy]\nworkspace = "elsewhere/w"', 'elsewhere/w'],
    ['below config.toml when it points there, as ZeroClaw reads it', '[autonomy]\nworkspace = "."', 'workspace'],
  ])('is %s', async (_, toml, path) => {
    const other = await startTools(toml);
    try {
      expect((await other.get(PathGuard).rules()).workspace).toBe(join(await realpath(other.dir), path));
    } finally {
      await other.stop();
    }
  });

  it('that cannot be made is told to the model and the operator', async () => {
    const other = await startTools('[autonomy]\nworkspace = "config.toml/w"');
    try {
      await expect(other.get(PathGuard).resolve('a', 'read')).rejects.toThrow(/ENOTDIR.*set \[autonomy\] workspace/);
      await expect(other.get(CommandPolicy).judge('ls a')).resolves.toMatchObject({ refused: 'path' });
    } finally {
      await other.stop();
    }
  });

  it('never holds the files of the gateway itself', async () => {
    const other = await startTools(
      '[autonomy]\nworkspace_only = false\nforbidden_paths = []\nallow_sensitive_file_reads = true',
    );
    try {
      const inside = (name: string) => other.get(PathGuard).resolve(join(other.dir, name), 'read');
      await expect(inside('config.toml')).rejects.toThrow(/forbidden/);
      await expect(inside('data/zeroclaw.db')).rejects.toThrow(/forbidden/);
      await expect(inside('.secret_key')).rejects.toThrow(/forbidden/);
      await expect(inside('anything-else')).resolves.toContain('anything-else');
    } finally {
      await other.stop();
    }
  });
});
