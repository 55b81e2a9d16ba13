import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../../src/tools/shell/run-command';
import type { CommandRun } from '../../../../src/tools/shell/run-command';
import { shellEnvironment } from '../../../../src/tools/shell/shell-environment';
import { ShellTool } from '../../../../src/tools/shell/shell.tool';
import { startTools, toolContext } from '../../../support/tools';
import type { ToolsUnderTest } from '../../../support/tools';
import { until } from '../../../support/until';

let tools: ToolsUnderTest;
beforeEach(async () => {
  tools = await startTools('[autonomy]\nallowed_commands = ["*"]\nblock_high_risk_commands = false');
});
afterEach(() => tools.stop());

const shell = (command: string) => tools.get(ShellTool).execute({ command }, toolContext());

describe('the shell tool', () => {
  it('runs in the workspace and tells output, error output and exit code', async () => {
    await tools.write({ 'a.txt': 'one\ntwo\n' });
    expect(await shell('cat a.txt | head -1; pwd')).toEqual({
      success: true,
      output: expect.stringMatching(/^one\n.*\/workspace\n\[exit code 0\]$/),
    });
    const failed = await shell('cat missing.txt');
    expect(failed.success).toBe(false);
    expect(failed.output).toMatch(/No such file[^]*\[exit code 1\]$/);
  });

  it("hands nothing of the gateway's environment on but what every program expects", async () => {
    process.env['TEST_SECRET_OF_GATEWAY'] = 'hidden';
    try {
      const { output } = await shell('env');
      expect(output).not.toContain('hidden');
      expect(output).toMatch(/^PATH=/m);
      const names = [...output.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
      const usual = /^(PATH|HOME|TERM|LANG|LC_\w+|USER|SHELL|TMPDIR|PWD|OLDPWD|SHLVL|_|PAGER|GIT_\w+)$/;
      expect(names.filter((name) => !usual.test(name ?? ''))).toEqual([]);
    } finally {
      delete process.env['TEST_SECRET_OF_GATEWAY'];
    }
  });

  it('gives no input and judges again before it runs', async () => {
    expect(await shell('cat')).toEqual({ success: true, output: '[exit code 0]' });
    expect(await shell('cat /etc/passwd')).toEqual({ success: false, output: expect.stringMatching(/outside/) });
  });

  it('keeps a name that looks like an option a name', async () => {
    await tools.write({ '-n': 'the file\n' });
    expect((await shell('cat *')).output).toMatch(/^the file/);
  });
});

describe('the environment of a command', () => {
  it('lets through what the operator names, and no folder that the agent can write to', () => {
    const own = {
      PATH: '/ws/bin:/usr/bin:.:/ws:/wsx',
      HOME: '/h',
      LC_ALL: 'C',
      API_KEY: 'k',
      WANTED: 'w',
      EMPTY: undefined,
    };
    const env = shellEnvironment(own, ['WANTED', 'UNSET'], ['/ws']);
    expect(env).toMatchObject({
      PATH: '/usr/bin:/wsx',
      HOME: '/h',
      LC_ALL: 'C',
      WANTED: 'w',
      GIT_TERMINAL_PROMPT: '0',
    });
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['API_KEY']));
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['UNSET']));
  });

  it('falls back to the usual folders', () => {
    expect(shellEnvironment({}, [], ['/ws'])['PATH']).toBe('/usr/local/bin:/usr/bin:/bin');
    expect(shellEnvironment({ PATH: '/ws' }, [], ['/ws'])['PATH']).toBe('/usr/local/bin:/usr/bin:/bin');
  });
});

describe('a command that runs', () => {
  const run = (line: string, more: Partial<CommandRun> = {}) =>
    runCommand({
      line,
      cwd: tools.workspace,
      env: { PATH: '/usr/bin:/bin' },
      timeoutMs: 60_000,
      maxBytes: 1000,
      signal: new AbortController().signal,
      ...more,
    });
  const pidIn = async (file: string) => Number(await readFile(join(tools.workspace, file), 'utf8'));
  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0);
      // A zombie that nobody has reaped yet runs no more.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  // A child and a grandchild that ignore being asked.
  const STUBBORN = `trap '' TERM; echo $$ > one; (trap '' TERM; sleep 300 & echo $! > two; wait) ; sleep 300`;

  it('is ended with all its children when the time is up', async () => {
    const outcome = await run(STUBBORN, { timeoutMs: 300 });
    expect(outcome).toMatchObject({ timedOut: true });
    const pids = [await pidIn('one'), await pidIn('two')];
    await until(() => !pids.some(isAlive));
  });

  it('is ended with all its children when the turn ends', async () => {
    const controller = new AbortController();
    const outcome = run(STUBBORN, { signal: controller.signal });
    const failure = outcome.catch((error: unknown) => error);
    await until(() => existsSync(join(tools.workspace, 'two')));
    await until(async () => (await pidIn('two')) > 0);
    const pids = [await pidIn('one'), await pidIn('two')];
    controller.abort(new Error('left'));
    expect(await failure).toEqual(new Error('left'));
    await until(() => !pids.some(isAlive));
  });

  it('leaves nothing running in the background', async () => {
    const outcome = await run('sleep 300 & echo $! > bg; echo done');
    expect(outcome).toMatchObject({ exitCode: 0, stdout: 'done\n', timedOut: false });
    const pid = await pidIn('bg');
    await until(() => !isAlive(pid));
  });

  it('does not wait for a child that left the group and keeps the output open', async () => {
    const outcome = await run('setsid sleep 20 & echo started');
    expect(outcome.stdout).toBe('started\n');
  });

  it('keeps the beginning of each stream and says how much is missing', async () => {
    const { stdout, stderr } = await run('yes | head -c 5000; yes no | head -c 3000 >&2');
    expect(stdout).toMatch(/^(y\n){500}\n\[cut: 4000 more bytes\]$/);
    expect(stderr).toMatch(/\[cut: 2000 more bytes\]$/);
  });

  it('does not start for a turn that is over', async () => {
    await expect(run('touch x', { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
    expect(existsSync(join(tools.workspace, 'x'))).toBe(false);
  });

  it('says so when it cannot start', async () => {
    await writeFile(join(tools.workspace, 'file'), '');
    await expect(run('ls', { cwd: join(tools.workspace, 'gone') })).rejects.toThrow(/ENOENT/);
  });
});
