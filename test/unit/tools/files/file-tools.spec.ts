import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileEditTool } from '../../../../src/tools/files/file-edit.tool';
import { FileReadTool } from '../../../../src/tools/files/file-read.tool';
import { FileWriteTool } from '../../../../src/tools/files/file-write.tool';
import { replaceOnce } from '../../../../src/tools/files/replace-once';
import { WorkspaceFiles } from '../../../../src/tools/files/workspace-files';
import { startTools } from '../../../support/tools';
import type { ToolsUnderTest } from '../../../support/tools';

let tools: ToolsUnderTest;
beforeEach(async () => {
  tools = await startTools();
});
afterEach(() => tools.stop());

const inWorkspace = (path: string) => join(tools.workspace, path);

describe('file_read', () => {
  const read = (args: Record<string, unknown>) => tools.get(FileReadTool).execute(args);

  it('numbers the lines and tells how to go on', async () => {
    await tools.write({ 'a.txt': 'one\ntwo\r\nthree\nfour\n' });
    expect(await read({ path: 'a.txt' })).toEqual({ success: true, output: '1: one\n2: two\n3: three\n4: four' });
    expect((await read({ path: 'a.txt', offset: 2, limit: 2 })).output).toBe(
      '2: two\n3: three\n[1 more lines; go on with offset 4]',
    );
  });

  it('says so when there is nothing to see', async () => {
    await tools.write({ empty: '', 'a.txt': 'x' });
    expect((await read({ path: 'empty' })).output).toBe('[the file is empty]');
    expect(await read({ path: 'a.txt', offset: 9 })).toEqual({
      success: false,
      output: expect.stringMatching(/no line 9/),
    });
    expect((await read({ path: 'gone' })).output).toBe('"gone" does not exist');
    expect((await read({ path: '.' })).output).toBe('"." is a folder');
  });

  it('reads neither binary nor huge files', async () => {
    await writeFile(inWorkspace('bin'), Buffer.from([1, 0, 2]));
    await writeFile(inWorkspace('huge'), Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
    expect((await read({ path: 'bin' })).output).toMatch(/no text file/);
    expect((await read({ path: 'huge' })).output).toMatch(/larger than 10 MiB/);
  });

  it('refuses before anybody is asked, and gives the reason', async () => {
    expect(await tools.get(FileReadTool).assess({ path: '/etc/passwd' })).toMatchObject({ refused: 'path' });
    expect(await tools.get(FileReadTool).assess({ path: 'a' })).toEqual({ risk: 'low' });
    expect((await read({ path: '../x' })).success).toBe(false);
  });
});

describe('file_write', () => {
  const write = (path: string, content: string) => tools.get(FileWriteTool).execute({ path, content });

  it('makes files with their folders, and replaces them whole', async () => {
    expect(await write('new/deep/a.txt', 'Grüße')).toEqual({ success: true, output: 'Made new/deep/a.txt (7 bytes).' });
    expect((await write('new/deep/a.txt', 'x')).output).toMatch(/^Replaced/);
    expect(await readFile(inWorkspace('new/deep/a.txt'), 'utf8')).toBe('x');
    expect(await readdir(inWorkspace('new/deep'))).toEqual(['a.txt']);
  });

  it('keeps the mode of a file', async () => {
    await tools.write({ 'run.sh': 'a' });
    await chmod(inWorkspace('run.sh'), 0o755);
    await write('run.sh', 'b');
    expect((await stat(inWorkspace('run.sh'))).mode & 0o777).toBe(0o755);
  });

  it.each([
    ['a folder', 'sub', /is a folder/],
    ['below a file', 'file/x', /as if it were a folder/],
    ['git’s own files', '.git/config', /\.git/],
    ['a sensitive file', '.env', /secrets/],
    ['a place outside', '../x', /"\.\."/],
  ])('refuses %s', async (_, path, reason) => {
    await mkdir(inWorkspace('sub'));
    await writeFile(inWorkspace('file'), '');
    expect(await write(path, 'x')).toEqual({ success: false, output: expect.stringMatching(reason) });
  });

  it('leaves nothing outside when a folder becomes a link while it writes', async () => {
    await mkdir(join(tools.dir, 'outside'));
    for (let round = 0; round < 30; round++) {
      await mkdir(inWorkspace(`d${round}`));
      const writing = write(`d${round}/x`, 'leaked');
      const swap = (async () => {
        const { rename } = await import('node:fs/promises');
        await rename(inWorkspace(`d${round}`), inWorkspace(`was${round}`));
        await symlink(join(tools.dir, 'outside'), inWorkspace(`d${round}`));
      })();
      await Promise.allSettled([writing, swap]);
    }
    const leaked = await Promise.all(
      (await readdir(join(tools.dir, 'outside'))).map((name) => readFile(join(tools.dir, 'outside', name), 'utf8')),
    );
    expect(leaked.filter((text) => text !== '')).toEqual([]);
  });
});

describe('file_edit', () => {
  const edit = (path: string, old: string, replacement: string) =>
    tools.get(FileEditTool).execute({ path, old_string: old, new_string: replacement });

  it('replaces one place and leaves the rest', async () => {
    await tools.write({ 'a.txt': 'one two three' });
    expect(await edit('a.txt', 'two', '$& 2')).toEqual({ success: true, output: 'Changed a.txt.' });
    expect(await readFile(inWorkspace('a.txt'), 'utf8')).toBe('one $& 2 three');
  });

  it('changes nothing when it is not sure', async () => {
    await tools.write({ 'a.txt': 'x x' });
    expect((await edit('a.txt', 'x', 'y')).output).toMatch(/occurs 2 times/);
    expect((await edit('a.txt', 'z', 'y')).output).toMatch(/does not occur/);
    expect((await edit('gone', 'z', 'y')).output).toMatch(/does not exist/);
    expect(await readFile(inWorkspace('a.txt'), 'utf8')).toBe('x x');
  });

  it('loses no change of several at once', async () => {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}.`);
    await tools.write({ 'a.txt': lines.join('\n') });
    const results = await Promise.all(lines.map((line) => edit('a.txt', line, line.toUpperCase())));
    expect(results.every(({ success }) => success)).toBe(true);
    expect(await readFile(inWorkspace('a.txt'), 'utf8')).toBe(lines.join('\n').toUpperCase());
  });

  it('goes on after a change that failed', async () => {
    await tools.write({ 'a.txt': 'x' });
    const files = tools.get(WorkspaceFiles);
    const failed = files.edit('a.txt', () => {
      throw new Error('broken');
    });
    const next = files.edit('a.txt', (text) => `${text}y`);
    await expect(failed).rejects.toThrow('broken');
    await next;
    expect(await files.read('a.txt')).toBe('xy');
  });
});

describe('the only occurrence of a text', () => {
  it.each([
    ['abc', 'b', 'X', 'aXc'],
    ['  if (x) {\n    y();\n  }\n', 'if (x) {\n  y();\n}\n', '  z();', '  z();\n'],
    ['a\r\n b \r\nc\r\n', 'b', 'X', 'a\r\n X \r\nc\r\n'],
    ['a\r\n  b  \r\nc\r\n', ' b\n', 'X', 'a\r\nX\r\nc\r\n'],
  ])('%j without %j', (text, old, replacement, result) => {
    expect(replaceOnce(text, old, replacement)).toEqual({ text: result });
  });

  it.each([
    ['aa', 'a', /2 times/],
    ['aaa', 'aa', /2 times/],
    ['a', 'b', /does not occur/],
    ['x\n y\nz\n  y\n', '   y', /2 times/],
    ['a\n\nb', ' \n', /does not occur/],
  ])('%j does not have it: %j', (text, old, reason) => {
    expect(replaceOnce(text, old, 'X').refused).toMatch(reason);
  });
});
