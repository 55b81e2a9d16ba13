import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { matchName } from '../files/glob-pattern';
import { CallRefused } from '../call-refused';
import type { PathGuard } from '../safety/path-guard';
import type { ShellWord } from './shell-words';

const MAX_MATCHES = 1000;

/**
 * The words of a command with its file patterns expanded, as the shell would do it in the workspace, but here, so that what is judged
 * is what runs. A name that begins with a dash is written as `./-name`, so that it can never become an option. Throws CallRefused.
 */
export async function expandGlobs(words: readonly ShellWord[], guard: PathGuard): Promise<string[]> {
  const expanded: string[] = [];
  for (const { text, glob } of words) {
    if (glob === undefined) expanded.push(text);
    else expanded.push(...(await matches(glob, text, guard)));
    if (expanded.length > MAX_MATCHES) throw new CallRefused(`the patterns match more than ${MAX_MATCHES} files`);
  }
  return expanded;
}

async function matches(glob: string, text: string, guard: PathGuard): Promise<string[]> {
  const segments = glob.split('/');
  let found = [''];
  let isGuess = false;
  for (const [index, segment] of segments.entries()) {
    const before = (base: string) => (index === 0 ? '' : `${base}/`);
    if (isLiteral(segment)) {
      found = found.map((base) => before(base) + segment.replace(/\\(.)/g, '$1'));
      continue;
    }
    const folders = found.map((base) => (index === 0 ? '.' : base || '/'));
    // What a pattern only happens to match may be off limits; a folder that is named may not.
    const skip = isGuess ? (): string[] => [] : undefined;
    const lists = await Promise.all(folders.map((folder) => namesIn(folder, segment, guard).catch(skip)));
    isGuess = true;
    found = found.flatMap((base, at) => (lists[at] ?? []).map((name) => before(base) + name));
    if (found.length > MAX_MATCHES) throw new CallRefused(`the pattern ${JSON.stringify(text)} matches too many files`);
  }
  if (found.length === 0) throw new CallRefused(`nothing in the workspace matches ${JSON.stringify(text)}`);
  return found.map((path) => (path.startsWith('-') ? `./${path}` : path)).sort();
}

async function namesIn(folder: string, segment: string, guard: PathGuard): Promise<string[]> {
  const real = await guard.resolve(folder, 'read');
  const names = await readdir(join(real)).catch(() => []);
  const isMatch = matchName(segment);
  // Hidden files only when the pattern says so.
  return names.filter((name) => isMatch(name) && (segment.startsWith('.') || !name.startsWith('.')));
}

function isLiteral(segment: string): boolean {
  return !/[*?[]/.test(segment.replace(/\\./g, ''));
}
