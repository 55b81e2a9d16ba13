import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ContentSearchTool } from '../../../../src/tools/files/content-search.tool';
import { GlobSearchTool } from '../../../../src/tools/files/glob-search.tool';
import { startTools, toolContext } from '../../../support/tools';
import type { ToolsUnderTest } from '../../../support/tools';

let tools: ToolsUnderTest;
beforeAll(async () => {
  tools = await startTools();
  await tools.write({
    'a.md': '# One\nfind me\nlast',
    'src/b.ts': 'const a = 1;\nfind ME\nconst b = 2;\n',
    'src/deep/c.ts': 'Find me\nfind me',
    '.hidden/d.md': 'find me',
    '.env': 'find me',
    'node_modules/x/e.ts': 'find me',
    '.git/config': 'find me',
  });
  await mkdir(join(tools.dir, 'outside'));
  await writeFile(join(tools.dir, 'outside', 'f.md'), 'find me');
  await symlink(join(tools.dir, 'outside'), join(tools.workspace, 'door'));
  await writeFile(join(tools.workspace, 'bin.md'), Buffer.from('find me\0'));
});
afterAll(() => tools.stop());

describe('glob_search', () => {
  const glob = async (pattern: string) => (await tools.get(GlobSearchTool).execute({ pattern }, toolContext())).output;

  it.each([
    ['**/*.ts', 'src/b.ts\nsrc/deep/c.ts'],
    ['src/*.ts', 'src/b.ts'],
    ['./src/**/c.*', 'src/deep/c.ts'],
    ['a.md', 'a.md'],
    ['**/*.md', '.hidden/d.md\na.md\nbin.md'],
    ['node_modules/**', 'node_modules/x/e.ts'],
    ['**/.env', 'No files match.'],
    ['{src,lib}/b.ts', 'src/b.ts'],
  ])('%s finds what it names', async (pattern, output) => {
    expect(await glob(pattern)).toBe(output);
  });

  it.each([
    ['../**', /"\.\."/],
    ['/etc/*', /outside/],
    ['door/*', /symbolic link/],
    ['.ssh/*', /secrets/],
    ['{a,b}'.repeat(10), /alternatives/],
  ])('%s is refused', async (pattern, reason) => {
    expect(await glob(pattern)).toMatch(reason);
  });

  it('finds by a whole path too', async () => {
    expect(await glob(join(tools.workspace, 'src/*.ts'))).toMatch(/src\/b\.ts$/);
  });

  it('stops with the turn', async () => {
    const signal = AbortSignal.abort(new Error('over'));
    await expect(tools.get(GlobSearchTool).execute({ pattern: '**' }, toolContext({ signal }))).rejects.toThrow('over');
  });
});

describe('content_search', () => {
  const search = async (args: Record<string, unknown>) =>
    (await tools.get(ContentSearchTool).execute(args, toolContext())).output;
  const lines = async (args: Record<string, unknown>) => (await search(args)).split('\n').sort();

  it('finds lines, and nothing that is off limits', async () => {
    expect(await lines({ pattern: 'find me' })).toEqual([
      '.hidden/d.md:1: find me',
      'a.md:2: find me',
      'src/deep/c.ts:2: find me',
    ]);
  });

  it.each([
    [
      { pattern: 'find me', case_sensitive: false, path: 'src' },
      ['src/b.ts:2: find ME', 'src/deep/c.ts:1: Find me', 'src/deep/c.ts:2: find me'],
    ],
    [{ pattern: '(?i)FIND me', path: 'src/b.ts' }, ['src/b.ts:2: find ME']],
    [{ pattern: 'find', include: '*.md' }, ['.hidden/d.md:1: find me', 'a.md:2: find me']],
    [{ pattern: 'find', include: 'src/*.ts' }, ['src/b.ts:2: find ME']],
    [{ pattern: 'find', output_mode: 'files_with_matches' }, ['.hidden/d.md', 'a.md', 'src/b.ts', 'src/deep/c.ts']],
    [{ pattern: '(?i)find', output_mode: 'count', path: 'src' }, ['src/b.ts: 1', 'src/deep/c.ts: 2']],
    [
      { pattern: 'ME', path: 'src/b.ts', context_before: 1, context_after: 1 },
      ['src/b.ts-1- const a = 1;', 'src/b.ts-3- const b = 2;', 'src/b.ts:2: find ME'],
    ],
    [{ pattern: 'One\\nfind', multiline: true }, ['a.md:1: # One', 'a.md:2: find me']],
    [{ pattern: '^last$', multiline: true }, ['a.md:3: last']],
    [{ pattern: '\\p{Lu}ne' }, ['a.md:1: # One']],
    [{ pattern: 'nowhere to be found' }, ['Nothing matches.']],
  ])('%j', async (args, expected) => {
    expect(await lines(args)).toEqual(expected);
  });

  it('stops at the number of results that is wanted', async () => {
    expect(await search({ pattern: 'find', max_results: 1, path: 'src' })).toMatch(
      /^src\/b\.ts:2: find ME\n\[there may be more/,
    );
  });

  it.each([
    [{ pattern: '(' }, /no regular expression/],
    [{ pattern: 'x', path: '../' }, /"\.\."/],
    [{ pattern: 'x', path: 'door' }, /symbolic link/],
    [{ pattern: 'x', path: 'gone' }, /does not exist/],
    [{ pattern: 'x', path: 'bin.md' }, /no text file/],
  ])('%j is refused', async (args, reason) => {
    expect(await search(args)).toMatch(reason);
  });

  it('keeps the gateway going, and ends with the turn, when a pattern takes for ever', async () => {
    await tools.write({ 'slow/x': `${'a'.repeat(40)}!` });
    const controller = new AbortController();
    const args = { pattern: '(a+)+$', path: 'slow' };
    const searching = tools.get(ContentSearchTool).execute(args, toolContext({ signal: controller.signal }));
    const failure = searching.catch((error: unknown) => error);
    // Timers go on firing while the pattern is tried.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new Error('left'));
    expect(await failure).toEqual(new Error('left'));
  });
});
