import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandPolicy } from '../../../../src/tools/shell/command-policy';
import { startTools } from '../../../support/tools';
import type { ToolsUnderTest } from '../../../support/tools';

const OPEN = '[autonomy]\nallowed_commands = ["*"]\nblock_high_risk_commands = false\n';

let tools: ToolsUnderTest;
const judge = (command: string) => tools.get(CommandPolicy).judge(command);

async function prepare(toml: string): Promise<void> {
  tools = await startTools(toml);
  await mkdir(join(tools.dir, 'outside'));
  await writeFile(join(tools.dir, 'outside', 'x'), 'secret');
  await tools.write({ 'a.txt': '', 'b.txt': '', 'src/c.ts': '', '.env': 'K=1', '-rf': '', 'sub/.env': '', 'it s': '' });
  await symlink(join(tools.dir, 'outside', 'x'), join(tools.workspace, 'link'));
}

describe('commands with the default list', () => {
  beforeAll(() => prepare(''));
  afterAll(() => tools.stop());

  it.each([
    ['ls -la src', 'low'],
    ['cat a.txt b.txt', 'low'],
    ['cat -n a.txt | head -5', 'low'],
    ['grep -n "foo/../bar" a.txt', 'low'],
    ['grep -in /api/chat src/c.ts', 'low'],
    ['find . -name "*.ts" -type f', 'low'],
    ['echo /etc/passwd ~root ..', 'low'],
    ['wc -l *.txt', 'low'],
    ['date -u +%Y-%m-%d', 'low'],
    ['pwd && ls; pwd || ls', 'low'],
    ['git status', 'low'],
    ['git --no-pager log --oneline -5 origin/main..HEAD', 'low'],
    ['git diff HEAD~1 -- src/c.ts', 'low'],
    ['git config --get user.name', 'low'],
    ['git branch', 'low'],
    ['npm ls', 'low'],
    ['git branch new', 'medium'],
    ['git commit -m "fix: the api at http://x/y"', 'medium'],
    ['git commit -m "' + 'long words '.repeat(60) + '"', 'medium'],
    ['git push', 'medium'],
    ['git frobnicate', 'medium'],
    ['npm test', 'medium'],
    ['npm outdated', 'medium'],
    ['date -Iseconds', 'low'],
    ['npm run build', 'medium'],
    ['npm install left-pad', 'medium'],
    ['cargo build', 'medium'],
    ['cargo --version', 'medium'],
    ['touch new.txt', 'medium'],
    ['mkdir -p a/b', 'medium'],
    ['mv a.txt c.txt', 'medium'],
    ['cp a.txt b.txt src', 'medium'],
    ['ls && touch x', 'medium'],
  ])('%s is of %s risk', async (command, risk) => {
    expect(await judge(command)).toEqual({ line: expect.any(String), risk });
  });

  it.each([
    // Not allowed, or hidden behind something that is.
    ['rm a.txt', 'command'],
    ['python3 -c 1', 'command'],
    ['ls; rm a.txt', 'command'],
    ['ls | sh', 'command'],
    ['ls\nsh', 'command'],
    ['./git status', 'command'],
    ['/tmp/evil/git status', 'command'],
    ['/usr/bin/git status', 'command'],
    ['"ls -la"', 'command'],
    ['PATH=. ls', 'command'],
    ['LD_PRELOAD=./x.so ls', 'command'],
    ['l\\s; i\\d', 'command'],
    ['""', 'command'],
    ['*.txt', 'command'],
    ['cd /', 'command'],
    ['eval ls', 'command'],
    // Syntax.
    ['echo $(id)', 'command'],
    ['ls > x', 'command'],
    ['ls &', 'command'],
    // Arguments that run or write something.
    ['find . -exec id {} +', 'command'],
    ['find . -execdir id ;', 'command'],
    ['find . -delete', 'command'],
    ['find . -fprintf x y', 'command'],
    ['find -L . -name x', 'command'],
    ['git -c core.pager=id log', 'command'],
    ['git -ccore.pager=id log', 'command'],
    ['git --config-env=a=b log', 'command'],
    ['git --exec-path=. log', 'command'],
    ['git -C src status', 'command'],
    ['git --git-dir=src status', 'command'],
    ['git diff --output=x', 'command'],
    ['git diff --outp=x', 'command'],
    ['git diff --no-index a.txt b.txt', 'command'],
    ['git diff --ext-diff', 'command'],
    ['git grep -O x', 'command'],
    ['git grep -nOid x', 'command'],
    ['git grep --untracked x', 'command'],
    ['git clone --upload-pack=id x', 'command'],
    ['git config user.name x', 'command'],
    ['git config --global core.pager id', 'command'],
    ['git config --unset user.name', 'command'],
    ['git config --get-regexp alias', 'command'],
    ['git help log', 'command'],
    ['grep -r x .', 'command'],
    ['grep -nR x .', 'command'],
    ['grep --recursive x', 'command'],
    ['grep --dereference-r x', 'command'],
    ['grep -d recurse x .', 'command'],
    ['grep -5r x .', 'command'],
    ['date -s tomorrow', 'command'],
    ['date --set=x', 'command'],
    ['date -us tomorrow', 'command'],
    // Places.
    ['cat /etc/passwd', 'path'],
    ['cat ../outside/x', 'path'],
    ['cat ~/.ssh/id_rsa', 'path'],
    ['cat ~root/x', 'path'],
    ['cat link', 'path'],
    ['cat l*', 'path'],
    ['cat .env', 'path'],
    ['cat "".en""v', 'path'],
    ['cat .e*', 'path'],
    ['cat */../.env', 'path'],
    ['cat ..%2fx', 'path'],
    ['head -n1 sub/.env', 'path'],
    ['grep -f/etc/passwd a.txt', 'path'],
    ['grep -nf.env a.txt', 'path'],
    ['grep -nflink a.txt', 'path'],
    ['grep x --file=/etc/passwd', 'path'],
    ['grep -e x /etc/passwd', 'path'],
    ['grep -f .env a.txt', 'path'],
    ['find / -name x', 'path'],
    ['find -newer /etc/passwd', 'path'],
    ['ls -I/etc', 'path'],
    ['date -f /etc/passwd', 'path'],
    ['date --file=/etc/passwd', 'path'],
    ['wc --files0-from=/etc/x', 'path'],
    ['git show HEAD:.env', 'path'],
    ['git show HEAD:sub/.env', 'path'],
    ['git log --format=%H -- /etc', 'path'],
    ['cp .env x', 'path'],
    ['cp a.txt /etc/x', 'path'],
    ['cp a.txt link', 'path'],
    ['cp a.txt .git/config', 'path'],
    ['mv a.txt .git/hooks/pre-commit', 'path'],
    ['cp --target-directory=.git/hooks a.txt', 'path'],
    ['cp -t.git/hooks a.txt', 'path'],
    ['mkdir -p .git/x', 'path'],
    ['touch .env', 'path'],
    ['ls nothing-*-matches', 'path'],
    ['npm --prefix /etc install', 'path'],
  ])('%s is refused (%s)', async (command, refused) => {
    expect(await judge(command)).toEqual({ refused, explanation: expect.any(String) });
  });

  it('expands patterns itself, hidden files only when asked, never into options', async () => {
    expect(await judge('ls [!l]*')).toMatchObject({ line: "'ls' './-rf' 'a.txt' 'b.txt' 'it s' 'src' 'sub'" });
    expect(await judge('ls [ab].txt "*"')).toMatchObject({ line: "'ls' 'a.txt' 'b.txt' '*'" });
    expect(await judge('ls */*.ts')).toMatchObject({ line: "'ls' 'src/c.ts'" });
  });

  it('says what is allowed', async () => {
    const { explanation } = (await judge('nmap x')) as { explanation: string };
    expect(explanation).toMatch(/"nmap" is not in \[autonomy\] allowed_commands; allowed are: git, npm/);
  });
});

describe('commands with a list of everything', () => {
  beforeAll(() => prepare(OPEN));
  afterAll(() => tools.stop());

  it.each([
    'rm -rf x',
    'sudo ls',
    'curl http://x',
    'wget x',
    'sh x',
    'bash -c id',
    'python3.12 x',
    'perl x',
    'node x',
    'env ls',
    'xargs ls',
    'find . -name x | xargs cat',
    'awk 1',
    'sed -n 1p a.txt',
    'mkfs.ext4 x',
    'dd if=a of=b',
    'chmod +x a.txt',
    'kill 1',
    'ssh x',
    'docker ps',
  ])('%s is of high risk', async (command) => {
    expect(await judge(command)).toMatchObject({ risk: 'high' });
  });

  it.each(['something-unheard-of', 'jq . a.txt', 'yarn list'])('%s is of medium risk', async (command) => {
    expect(await judge(command)).toMatchObject({ risk: 'medium' });
  });

  it.each([
    'tee x',
    'cd src',
    '. x',
    'source x',
    'exec ls',
    'command ls',
    'export A=b',
    'alias ls=id',
    'trap ls EXIT',
    './a.txt',
  ])('%s is refused all the same', async (command) => {
    expect(await judge(command)).toMatchObject({ refused: 'command' });
  });

  it.each(['sort -o a.txt b.txt', 'sort --compress-program=id a.txt', 'uniq a.txt b.txt', 'diff -r . sub'])(
    '%s is refused for what it writes, runs or reads',
    async (command) => {
      expect(await judge(command)).toMatchObject({ refused: 'command' });
    },
  );
});

describe('what an operator writes', () => {
  afterEach(() => tools.stop());

  it('lets a program run by its path, and no other of its name', async () => {
    await prepare('[autonomy]\nallowed_commands = ["./tool.sh", "/opt/x/run"]');
    expect(await judge('./tool.sh a')).toMatchObject({ risk: 'medium' });
    expect(await judge('/opt/x/run')).toMatchObject({ risk: 'medium' });
    expect(await judge('tool.sh')).toMatchObject({ refused: 'command' });
    expect(await judge('/opt/y/run')).toMatchObject({ refused: 'command' });
    expect(await judge('src/../tool.sh')).toMatchObject({ risk: 'medium' });
  });

  it('blocks high risk in spite of the list', async () => {
    await prepare('[autonomy]\nallowed_commands = ["rm", "bash", "ls"]');
    expect(await judge('ls && rm x')).toMatchObject({
      refused: 'high_risk',
      explanation: expect.stringMatching(/^rm is/),
    });
    expect(await judge('bash x')).toMatchObject({ refused: 'high_risk' });
  });

  it('opens sensitive files', async () => {
    await prepare('[autonomy]\nallow_sensitive_file_reads = true');
    expect(await judge('cat .env')).toMatchObject({ risk: 'low' });
    expect(await judge('cp .env x')).toMatchObject({ refused: 'path' });
  });

  it('with an empty list allows nothing', async () => {
    await prepare('[autonomy]\nallowed_commands = []');
    expect(await judge('ls')).toMatchObject({ explanation: expect.stringContaining('no command is allowed') });
  });
});
