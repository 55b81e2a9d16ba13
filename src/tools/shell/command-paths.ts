/** Longer clusters of one-letter options are refused: every end of them could be the name of a file. */
const MAX_CLUSTER = 64;
const CHECKS_NOTHING = new Set([
  'echo',
  'pwd',
  'true',
  'false',
  'whoami',
  'uname',
  'which',
  'basename',
  'dirname',
  'seq',
  'printf',
]);
/** Options of grep after which the first plain word still is the pattern, not a file. */
const GREP_HARMLESS = /^-[nivclLohHqswxEFGPzZ]+$/;

/**
 * Everything in the words of a command that the program could take for the path of a file: each word, what stands behind `=` and `:`,
 * and every end of a cluster of options (`-f/etc/passwd`, `-rf.env`). A word too many costs nothing but a clearer message.
 */
export function pathsIn(
  words: readonly string[],
): { paths: string[]; refused?: never } | { refused: string; paths?: never } {
  const [program = '', ...args] = words;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (CHECKS_NOTHING.has(name)) return { paths: [] };
  const pattern = name === 'grep' ? args.findIndex((word) => !GREP_HARMLESS.test(word)) : -1;
  const paths = new Set<string>();
  for (const [index, word] of args.entries()) {
    const isPattern = index === pattern && !word.startsWith('-');
    if (isPattern || word === '-' || word === '--' || word === '') continue;
    const isCluster = /^-[^-]/.test(word);
    if (isCluster && word.length > MAX_CLUSTER && !word.includes('=')) {
      return { refused: `the option ${word.slice(0, 20)}… is too long; put a blank before its value` };
    }
    if (!word.startsWith('-')) paths.add(word);
    if (isCluster) for (let at = 2; at < Math.min(word.length, MAX_CLUSTER); at++) paths.add(word.slice(at));
    for (const value of valuesIn(word)) paths.add(value);
  }
  return { paths: [...paths].filter((path) => path !== '') };
}

function valuesIn(word: string): string[] {
  // What begins with two slashes behind a colon is the rest of a URL.
  return [...word.matchAll(/=|:(?!\/\/)/g)].map(({ index }) => word.slice(index + 1));
}
