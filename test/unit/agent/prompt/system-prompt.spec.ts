import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentUnderTest } from '../../../support/agent';
import { says, startAgent } from '../../../support/agent';
import { TestClock } from '../../../support/test-clock';

describe('the standing instruction of a turn', () => {
  let current: AgentUnderTest;
  let clock: TestClock;
  const start = async (toml = '', files: Record<string, string> = {}) => {
    clock = new TestClock();
    current = await startAgent({ toml, clock });
    await mkdir(join(current.dir, 'workspace'));
    for (const [name, text] of Object.entries(files)) await write(name, text);
    return current;
  };
  const write = (name: string, text: string) => writeFile(join(current.dir, 'workspace', name), text);
  /** The instruction that the next turn begins with. */
  const instruction = async (wishes = {}) => {
    current.model.script(says('ok'));
    await current.run(wishes);
    return String(current.model.requests.at(-1)?.messages[0]?.content);
  };
  afterEach(() => current.stop());

  it('is short without a workspace, knows the day and the time zone, and speaks of no door', async () => {
    await start();
    const prompt = await instruction();
    expect(prompt).not.toMatch(/workspace|not found|\.md|bot|channel|webhook/i);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const year = new Date(clock.now()).getFullYear();
    expect(prompt).toMatch(new RegExp(`Today is \\w+,? \\d+ \\w+ ${year}\\. The time zone is ${zone} \\(GMT.*\\)\\.$`));
    expect(prompt.length).toBeLessThan(1_500);
  });

  it('holds what the operator has written, in order, for both modes', async () => {
    await start('', {
      'USER.md': 'They like tea.',
      'AGENTS.md': '  Be kind.\n',
      'MEMORY.md': 'Met in May.',
      'OTHER.md': 'x',
    });
    for (const mode of ['agent', 'none']) {
      const prompt = await instruction({ mode });
      expect(prompt).toContain(
        '## AGENTS.md\nBe kind.\n\n## USER.md\nThey like tea.\n\n## MEMORY.md\nMet in May.\n\nToday',
      );
      expect(prompt).not.toContain('SOUL.md');
      expect(prompt).not.toContain('OTHER.md');
    }
  });

  it('keeps what is about people to itself where others read along', async () => {
    await start('', { 'USER.md': 'They like tea.', 'AGENTS.md': 'Be kind.', 'MEMORY.md': 'Met in May.' });
    const prompt = await instruction({ audience: 'public' });
    expect(prompt).toContain('## AGENTS.md\nBe kind.\n\nToday');
    expect(prompt).not.toMatch(/like tea|Met in May/);
    expect(await instruction()).toContain('They like tea.');
  });

  it('follows files that change, come and go, and looks at most once a second', async () => {
    await start('', { 'AGENTS.md': 'one' });
    expect(await instruction()).toContain('one');
    await write('AGENTS.md', 'another');
    await write('SOUL.md', 'calm');
    expect(await instruction()).toContain('one');
    clock.advance(1_000);
    expect(await instruction()).toContain('## AGENTS.md\nanother\n\n## SOUL.md\ncalm');
    await rm(join(current.dir, 'workspace', 'AGENTS.md'));
    clock.advance(1_000);
    expect(await instruction()).not.toContain('AGENTS.md');
  });

  it.each([
    ['', 20_000, 60_000],
    ['[agent]\ncompact_context = true', 6_000, 20_000],
  ])('is bounded, file by file and altogether (%j)', async (toml, file, total) => {
    const names = ['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'IDENTITY.md', 'USER.md'];
    await start(toml, Object.fromEntries(names.map((name, index) => [name, String(index).repeat(file + 1)])));
    const prompt = await instruction();
    expect(prompt.match(/0+/)?.[0]).toHaveLength(file);
    expect(prompt).toContain('only its beginning is given here');
    expect(prompt.length).toBeLessThan(total + 2_500);
    expect(prompt.length).toBeGreaterThan(total);
  });

  it('leaves out what cannot be read or leads out of the workspace', async () => {
    await start('', { 'AGENTS.md': 'Be kind.' });
    const workspace = join(current.dir, 'workspace');
    await mkdir(join(workspace, 'SOUL.md'));
    await symlink(join(current.dir, 'config.toml'), join(workspace, 'TOOLS.md'));
    await mkdir(join(workspace, 'mounted'));
    await writeFile(join(workspace, 'mounted', 'file'), 'They like tea.');
    await symlink(join('mounted', 'file'), join(workspace, 'USER.md'));
    const prompt = await instruction();
    expect(prompt).toContain('Be kind.');
    expect(prompt).toContain('## USER.md\nThey like tea.');
    expect(prompt).not.toMatch(/SOUL|TOOLS|default_provider/);
  });

  it('speaks of tools only when there are some', async () => {
    await start();
    expect(await instruction()).toContain('Use the tools');
    expect(await instruction({ mode: 'none' })).not.toContain('tools');
  });
});
