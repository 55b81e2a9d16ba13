const WORD = /[\w+/=.:@%~$!*&?#-]/;
const RUN = /[^\s"'<>`]/;
const KEYWORD = /password|secret|token|api[_-]?key/i;
const BEGIN = '-----BEGIN';
const KEY_HEAD = /^-----BEGIN (?:[A-Z0-9 ]*-{0,5}$|(?:[A-Z0-9]+ )*PRIVATE KEY-----)/;
const KEY_END = /-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----/;

/**
 * Index from which `text` has to be kept back, because what stands at its end may still grow into a credential;
 * `text.length` when nothing can. Reads from the end backwards, so the cost is that of the unfinished word.
 */
export function openLeakAt(text: string): number {
  const word = back(text, text.length, WORD);
  // Passwords and URLs may hold characters that end other words.
  const run = back(text, text.length, RUN);
  const wide = run < word && /:\/\//.test(text.slice(run)) ? run : word;
  return keyBlockAt(text, assignmentAt(text, wide, run));
}

/** `password = "abc`: the value is only recognised together with the name before it. */
function assignmentAt(text: string, word: number, run: number): number {
  if (KEYWORD.test(text.slice(run))) return Math.min(run, word);
  for (const start of [run, word]) {
    const nameEnd = skipAssignment(text, start);
    const name = back(text, nameEnd, /[\w.-]/);
    if (KEYWORD.test(text.slice(name, nameEnd))) return Math.min(name, word);
  }
  return word;
}

/** From the start of a value back over quotes, up to three blanks and the sign, to the end of the name. */
function skipAssignment(text: string, start: number): number {
  let at = skip(text, start, /["']/, 1);
  at = skip(text, at, /[ \t]/, 3);
  at = skip(text, at, /[=:]/, 1);
  at = skip(text, at, /[ \t]/, 3);
  return skip(text, at, /["']/, 1);
}

/** A block is over when its end line is, and that line is over when another word follows. */
function keyBlockAt(text: string, open: number): number {
  const begin = text.lastIndexOf(BEGIN);
  if (begin === -1) return open;
  const isKey = KEY_HEAD.test(text.slice(begin));
  return isKey && !KEY_END.test(text.slice(begin, open)) ? Math.min(begin, open) : open;
}

function back(text: string, from: number, allowed: RegExp): number {
  return skip(text, from, allowed, from);
}

function skip(text: string, from: number, allowed: RegExp, most: number): number {
  let at = from;
  while (at > 0 && from - at < most && allowed.test(text.charAt(at - 1))) at--;
  return at;
}
