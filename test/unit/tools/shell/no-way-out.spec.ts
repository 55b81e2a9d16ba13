import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { CommandPolicy } from '../../../../src/tools/shell/command-policy';
import { ShellTool } from '../../../../src/tools/shell/shell.tool';
import { startTools, toolContext } from '../../../support/tools';
import type { ToolsUnderTest } from '../../../support/tools';

const SECRET = 'CANARY-OF-THE-SECRET-FILE';
const PROGRAMS = words('cat head tail grep wc find ls git echo date npm cp mv');
const OPTIONS = words(String.raw`
  -f -r -R -5r -nr -e -n -H -L -d recurse -v -a -c5 -x -- - -nf -z -f.env -nf.env -fln -nflink --file=.env --file --recursive --rec
  --regexp=. --directories=recurse -exec -ok -delete -name -newer -fprint {} + \; -files0-from --files0-from=.env show diff log grep
  blame cat-file status HEAD:.env --no-index --no-ind --untracked --unt -p --contents --contents=.env -C -c core.pager=cat --git-dir=.
  --ext-diff --outp=x -O -Ocat -i .
`);
const PLACES = words(String.raw`
  .env ./.env * .* .e* .[e]nv ?env "".env '.env' \.env "."e""nv sub sub/* sub/.env ../outside/x .. ../* link l* door door/x door/*
  */x */* OUT/x OUT /etc/../OUT/x //OUT/x ~/x ~root ..%2foutside/x a.txt a.txt/../.env /proc/self/cwd/.env /dev/stdin
  /proc/self/root/OUT/x
`);

let tools: ToolsUnderTest;
beforeAll(async () => {
  tools = await startTools();
  const outside = join(tools.dir, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'x'), SECRET);
  await tools.write({ 'a.txt': 'plain', '.env': SECRET, 'sub/.env': SECRET, 'sub/b.txt': 'plain' });
  await symlink(join(outside, 'x'), join(tools.workspace, 'link'));
  await symlink(outside, join(tools.workspace, 'door'));
  for (const args of [
    ['init', '-q'],
    ['add', 'a.txt'],
    ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'x'],
  ]) {
    execFileSync('git', args, { cwd: tools.workspace });
  }
});
afterAll(() => tools.stop());

it('no command that runs without a person shows what is off limits', async () => {
  const word = fc.oneof(fc.constantFrom(...OPTIONS), fc.constantFrom(...PLACES));
  const command = fc.tuple(fc.constantFrom(...PROGRAMS), fc.array(word, { maxLength: 4 }));
  const line = fc.tuple(fc.array(command, { minLength: 1, maxLength: 2 }), fc.constantFrom(' | ', ' && ', '; ', '\n'));
  const policy = tools.get(CommandPolicy);
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(line, async ([commands, operator]) => {
      const text = commands.map(([program, rest]) => [program, ...rest].join(' ')).join(operator);
      const wanted = text.replaceAll('OUT', join(tools.dir, 'outside'));
      const judged = await policy.judge(wanted);
      // Those of medium risk are judged by a person; following a file or searching everything takes too long here.
      if ('refused' in judged || judged.risk !== 'low' || /tail.*-(f|nf)\b|npm/.test(text)) return;
      ran++;
      const { output } = await tools.get(ShellTool).execute({ command: wanted }, toolContext());
      expect(output).not.toContain(SECRET);
    }),
    { numRuns: 1500 },
  );
  expect(ran).toBeGreaterThan(50);
}, 120_000);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
