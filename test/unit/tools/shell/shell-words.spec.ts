import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { formatCommandLine, parseCommandLine } from '../../../../src/tools/shell/shell-words';

const wordsOf = (text: string) => parseCommandLine(text).line?.commands.map((words) => words.map((word) => word.text));

describe('a command line', () => {
  it.each([
    ['ls -la  src', [['ls', '-la', 'src']]],
    [`echo 'a b' "c d" e\\ f`, [['echo', 'a b', 'c d', 'e f']]],
    [`echo a'b'"c"d`, [['echo', 'abcd']]],
    [`echo '' ""`, [['echo', '', '']]],
    [`echo '$HOME \`x\` > <'`, [['echo', '$HOME `x` > <']]],
    [`echo "\\$x \\" \\\\ \\n"`, [['echo', '$x " \\ \\n']]],
    ['a | b || c && d ; e\nf', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    ['a;', [['a']]],
    ['\n\na\n\n', [['a']]],
    ['a &&\n b', [['a'], ['b']]],
    ['echo a#b', [['echo', 'a#b']]],
    ['echo a=b {x,y} !', [['echo', 'a=b', '{x,y}', '!']]],
    ['echo "line\nbreak"', [['echo', 'line\nbreak']]],
  ])('%j has words', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it.each([
    ['echo $HOME', /"\$"/],
    ['echo "$HOME"', /"\$"/],
    ['echo "$(id)"', /"\$"/],
    ['echo `id`', /backticks/],
    ['echo "`id`"', /backticks/],
    ['cat < x', /"<"/],
    ['cat <(id)', /"<"/],
    ['echo x > y', /">"/],
    ['ls 2>&1', /">"/],
    ['ls & id', /single "&"/],
    ['ls &', /single "&"/],
    ['ls |& id', /"\|&"/],
    ['(id)', /"\("/],
    ['f() { id; }', /"\("/],
    [':(){ :|:& };:', /"\("/],
    ['ls;;id', /";;"/],
    ['; ls', /no command before ";"/],
    ['ls | | id', /no command before "\|"/],
    ['ls |', /breaks off/],
    ['ls &&', /breaks off/],
    ['# all', /comments/],
    ['ls # rm', /comments/],
    [`echo 'open`, /not closed/],
    ['echo "open', /not closed/],
    ['echo \\', /backslash/],
    ['echo a\\\nb', /backslash/],
    ['echo "a\\\nb"', /backslash/],
    ['', /no command/],
    [' \n ', /no command/],
    ['ls\rid', /control/],
    ['ls\0', /control/],
    ['ls \x1b[2J', /control/],
  ])('%j is refused', (text, reason) => {
    expect(parseCommandLine(text).refused).toMatch(reason);
  });

  it('tells file patterns from quoted characters', () => {
    const globs = (text: string) => parseCommandLine(text).line?.commands[0]?.map(({ glob }) => glob);
    expect(globs(`ls *.ts '*.js' "a"* \\*`)).toEqual([undefined, '*.ts', undefined, 'a*', undefined]);
    expect(globs(`ls '['* "?"[ab]`)).toEqual([undefined, '\\[*', '\\?[ab]']);
  });

  it('is written again so that the shell sees the very same words', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        ' ',
        '\t',
        '\n',
        '*',
        '$',
        '`',
        ';',
        '&',
        '|',
        '#',
        '!',
        '~',
        '{a,b}',
        '=',
        '-',
        '"\'"',
        'x',
      ),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { line } = parseCommandLine(`echo ${pieces.join('')}`);
        if (!line) return;
        const [first = []] = line.commands;
        const words = first.slice(1).map((word) => word.text);
        const command = formatCommandLine([['printf', '%s\\0', ...words]], []);
        const seen = execFileSync('/bin/sh', ['-c', command]).toString().split('\0').slice(0, -1);
        expect(seen).toEqual(words.length === 0 ? [''] : words);
      }),
      { numRuns: 150 },
    );
  });

  it('means to the shell what was read, where it is plain', () => {
    const quoted = fc.oneof(
      fc.stringMatching(/^[a-z0-9 ;|&<>$`*?#\\]*$/).map((text) => `'${text}'`),
      fc.stringMatching(/^[a-z0-9 ;|&<>*?#']*$/).map((text) => `"${text}"`),
      fc.stringMatching(/^[a-z0-9.,/:=+-]+$/),
      fc.constantFrom('\\ ', '\\;', '\\|', '\\$', '"\\$"', '"\\`"', '"\\""', '"\\x"', ' '),
    );
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 8 }), (parts) => {
        const text = `'' ${parts.join('')}`;
        const { line } = parseCommandLine(text);
        expect(line?.commands).toHaveLength(1);
        const words = line?.commands[0]?.map((word) => word.text);
        expect(execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${text}`]).toString()).toBe(`${words?.join('\0')}\0`);
      }),
      { numRuns: 150 },
    );
  });
});
