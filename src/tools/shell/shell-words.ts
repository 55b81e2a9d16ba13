/** One word of a command, with its quotes taken off. */
export interface ShellWord {
  text: string;
  /** The same as a glob pattern, quoted characters escaped; undefined when nothing in it would be expanded. */
  glob?: string;
}

export type ShellOperator = '|' | '||' | '&&' | ';';

/** Commands and, between each two of them, how they hang together. */
export interface CommandLine {
  commands: ShellWord[][];
  operators: ShellOperator[];
}

export type ParsedCommandLine = { line: CommandLine; refused?: never } | { refused: string; line?: never };

const REFUSED: Record<string, string> = {
  $: '"$" (variables and $(…)) is not allowed; in single quotes it is a plain character',
  '`': 'backticks are not allowed',
  '<': '"<" is not allowed: give the file as an argument',
  '>': '">" is not allowed: use file_write to write a file; error output is returned anyway',
  '(': '"(" is not allowed outside of quotes',
  ')': '")" is not allowed outside of quotes',
};
const IN_DOUBLE_QUOTES = new Set(['"', '\\', '$', '`']);

/**
 * Reads a command line in the part of the shell's language that can be judged: words, quotes, backslashes, file patterns and
 * `|` `||` `&&` `;` and line ends. Everything else is refused by name. There are libraries for this, but none tells quoted characters
 * from bare ones, and everything here hangs on that.
 */
export function parseCommandLine(text: string): ParsedCommandLine {
  try {
    return { line: new Parser(text).parse() };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

/** A line for `sh -c` in which every word is quoted, so that the shell sees exactly the words that were judged. */
export function formatCommandLine(
  commands: readonly (readonly string[])[],
  operators: readonly ShellOperator[],
): string {
  const written = commands.map((words) => words.map(quote).join(' '));
  return written.map((command, index) => (index === 0 ? command : `${operators[index - 1]} ${command}`)).join(' ');
}

class Refused extends Error {}

class Parser {
  private at = 0;
  private readonly line: CommandLine = { commands: [], operators: [] };
  private words: ShellWord[] = [];
  private word: { text: string; glob: string; isGlob: boolean } | undefined;

  constructor(private readonly text: string) {}

  parse(): CommandLine {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(this.text)) throw new Refused('control characters are not allowed');
    while (this.at < this.text.length) this.step(this.text.charAt(this.at++));
    this.endWord();
    if (this.words.length > 0) this.line.commands.push(this.words);
    // A line may end with ";" or line ends, but not with an operator that wants more.
    else if (this.line.operators.pop() !== ';' && this.line.commands.length > 0)
      throw new Refused('the command breaks off');
    if (this.line.commands.length === 0) throw new Refused('there is no command');
    return this.line;
  }

  private step(char: string): void {
    const reason = REFUSED[char];
    if (reason !== undefined) throw new Refused(reason);
    if (char === ' ' || char === '\t') return this.endWord();
    if (char === '\n') return this.endLine();
    if (char === ';' || char === '|' || char === '&') return this.endCommand(this.operator(char));
    if (char === "'") return this.add(this.upTo("'"));
    if (char === '"') return this.doubleQuoted();
    if (char === '\\') return this.add(this.escaped());
    if (char === '#' && !this.word) throw new Refused('comments are not allowed; quote the "#"');
    this.add(char, true);
  }

  private operator(first: string): ShellOperator {
    const isDouble = this.text.charAt(this.at) === first;
    if (isDouble) this.at++;
    if (first === '&' && !isDouble)
      throw new Refused('a single "&" is not allowed: commands do not run in the background');
    if (first === ';' && isDouble) throw new Refused('";;" is not allowed');
    if (first === '|' && this.text.charAt(this.at) === '&') throw new Refused('"|&" is not allowed');
    return (isDouble ? first + first : first) as ShellOperator;
  }

  private upTo(mark: string): string {
    const end = this.text.indexOf(mark, this.at);
    if (end === -1) throw new Refused(`a ${mark} is not closed`);
    const inside = this.text.slice(this.at, end);
    this.at = end + 1;
    return inside;
  }

  private doubleQuoted(): void {
    let inside = '';
    for (;;) {
      if (this.at >= this.text.length) throw new Refused('a " is not closed');
      const char = this.text.charAt(this.at++);
      if (char === '"') return this.add(inside);
      if (char === '$' || char === '`') throw new Refused(REFUSED[char] ?? '');
      const next = this.text.charAt(this.at);
      if (char === '\\' && next === '\n') throw new Refused('a backslash at the end of a line is not allowed');
      if (char === '\\' && IN_DOUBLE_QUOTES.has(next)) inside += this.text.charAt(this.at++);
      else inside += char;
    }
  }

  private escaped(): string {
    const char = this.text.charAt(this.at++);
    if (char === '' || char === '\n') throw new Refused('a backslash at the end of a line is not allowed');
    return char;
  }

  /** @param isBare neither quoted nor escaped */
  private add(text: string, isBare = false): void {
    this.word ??= { text: '', glob: '', isGlob: false };
    this.word.text += text;
    this.word.glob += isBare ? text : text.replace(/[*?[\]\\]/g, '\\$&');
    this.word.isGlob ||= isBare && '*?['.includes(text);
  }

  private endWord(): void {
    if (!this.word) return;
    const { text, glob, isGlob } = this.word;
    this.words.push(isGlob ? { text, glob } : { text });
    this.word = undefined;
  }

  private endLine(): void {
    this.endWord();
    // A line end after an operator, or after another line end, means nothing.
    if (this.words.length > 0) this.endCommand(';');
  }

  private endCommand(operator: ShellOperator): void {
    this.endWord();
    if (this.words.length === 0) throw new Refused(`there is no command before "${operator}"`);
    this.line.commands.push(this.words);
    this.line.operators.push(operator);
    this.words = [];
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
