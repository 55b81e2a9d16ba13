/** Scripts that put no blanks between words: every pair of neighbours becomes a word, so that any part of two or more can be found. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;
const WORD = /[\p{L}\p{N}\p{M}ー]+/gu;
const ACCENTS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu;
/** Keys that the gateway makes end in one; nobody searches for it. */
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const LONGEST_WORD = 64;

/** The distinct words that a text is found by: case, accents and width folded, the same in both databases. */
export function wordsOf(text: string): string[] {
  return split(text, true);
}

/** The distinct words to look for. A single character of an unspaced script stands for itself, more of them for their pairs. */
export function queryWords(text: string): string[] {
  return split(text, false);
}

function split(text: string, withSingles: boolean): string[] {
  const words = new Set<string>();
  for (const [run] of fold(text).matchAll(WORD)) {
    for (const part of parts(run)) {
      if (!UNSPACED.test(part)) words.add(part.slice(0, LONGEST_WORD));
      else for (const piece of pairs(part, withSingles)) words.add(piece);
    }
  }
  return [...words];
}

function fold(text: string): string {
  return text.replace(UUID, ' ').normalize('NFKD').replace(ACCENTS, '').normalize('NFC').toLowerCase();
}

/** A run cut where it changes between spaced and unspaced scripts: `iPhone手机` is two parts. */
function parts(run: string): string[] {
  if (!UNSPACED.test(run)) return [run];
  const found: string[] = [];
  let unspaced: boolean | undefined;
  for (const character of run) {
    const isUnspaced = UNSPACED.test(character);
    const last = found.length - 1;
    // A mark goes with the letter before it.
    if (last >= 0 && (isUnspaced === unspaced || /\p{M}/u.test(character))) found[last] += character;
    else {
      found.push(character);
      unspaced = isUnspaced;
    }
  }
  return found;
}

function pairs(part: string, withSingles: boolean): string[] {
  const characters = [...part];
  const found = characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  return withSingles || found.length === 0 ? [...characters, ...found] : found;
}
