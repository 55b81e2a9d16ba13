/** Which ASCII characters belong to a class; asked for every character of every piece of text, so no regular expression. */
class Charset {
  private readonly has: Uint8Array;

  constructor(
    pattern: RegExp,
    /** Whether everything beyond ASCII belongs to it. */
    private readonly others: boolean,
  ) {
    this.has = Uint8Array.from({ length: 128 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0));
  }

  /** Steps back from `from` over at most `most` characters of the class. */
  back(text: string, from: number, most = from): number {
    let at = from;
    while (at > 0 && from - at < most && this.includes(text.charCodeAt(at - 1))) at--;
    return at;
  }

  private includes(code: number): boolean {
    return code < 128 ? this.has[code] === 1 : this.others;
  }
}

const WORD = new Charset(/[\w+/=.:@%~$!*&?#-]/, false);
const RUN = new Charset(/[^\s"'<>`]/, true);
const NAME = new Charset(/[\w.-]/, false);
const QUOTE = new Charset(/["']/, false);
const BLANK = new Charset(/[ \t]/, false);
const SIGN = new Charset(/[=:]/, false);

const KEYWORD = /passw(?:or)?d|passphrase|pwd|secret|token|key|credential/i;
/** `Authorization: Bearer abc`: here the word before says what the value is. */
const SCHEME = /(?:bearer|basic)$/i;
const LONGEST_SCHEME = 'bearer'.length;
const BEGIN = '-----BEGIN';
const KEY_HEAD = /^-----BEGIN (?:[A-Z0-9 ]*-{0,5}$|(?:[A-Z0-9]+ )*PRIVATE KEY-----)/;
const KEY_END = /-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----/;

/**
 * Index from which `text` has to be kept back, because what stands at its end may still grow into a credential;
 * `text.length` when nothing can. Reads from the end backwards, so the cost is that of the unfinished word.
 * @param atMost the index from which it is kept back for another reason
 */
export function openLeakAt(text: string, atMost = text.length): number {
  const word = WORD.back(text, text.length);
  // Passwords and URLs may hold characters that end other words.
  const run = RUN.back(text, text.length);
  const wide = run < word && text.includes('://', run) ? run : word;
  return keyBlockAt(text, Math.min(atMost, assignmentAt(text, wide, run)));
}

/** `password = "abc`: the value is only recognised together with the name before it. */
function assignmentAt(text: string, word: number, run: number): number {
  if (KEYWORD.test(text.slice(run))) return Math.min(run, word);
  const scheme = BLANK.back(text, word, 3);
  const named = Math.max(0, scheme - LONGEST_SCHEME);
  if (SCHEME.test(text.slice(named, scheme))) return named;
  for (const start of run === word ? [word] : [run, word]) {
    const nameEnd = assignedName(text, start);
    const name = NAME.back(text, nameEnd);
    if (KEYWORD.test(text.slice(name, nameEnd))) return Math.min(name, word);
  }
  return word;
}

/** From the start of a value back over quotes, up to three blanks and the sign, to the end of the name. */
function assignedName(text: string, start: number): number {
  let at = QUOTE.back(text, start, 1);
  at = BLANK.back(text, at, 3);
  at = SIGN.back(text, at, 1);
  at = BLANK.back(text, at, 3);
  return QUOTE.back(text, at, 1);
}

/** A block is over when its end line is, and that line is over when another word follows. */
function keyBlockAt(text: string, open: number): number {
  for (let begin = text.indexOf(BEGIN); begin !== -1; begin = text.indexOf(BEGIN, begin + 1)) {
    if (!KEY_HEAD.test(text.slice(begin))) continue;
    const end = KEY_END.exec(text.slice(begin, Math.max(begin, open)));
    if (!end) return Math.min(begin, open);
    begin += end.index;
  }
  return open;
}
