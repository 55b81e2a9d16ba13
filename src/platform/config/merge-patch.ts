import { closest } from 'fastest-levenshtein';
import { AppError } from '../errors/app-error';
import { allKeys, findKey, spellingInFile } from './key-lookup';
import type { SectionClass } from './section';
import { sectionMeta } from './section';
import type { TomlTable } from './toml-document';
import { isTable } from './toml-document';
import { formatPath, parsePath } from './toml-path';
import { isZeroClawKey } from './zeroclaw-keys';

const MOST_KEYS = 200;
const DEEPEST = 16;

/** One key to set; undefined removes it. */
export interface MergeStep {
  path: readonly string[];
  value: unknown;
}

/**
 * A JSON merge patch (RFC 7396) on config.toml as single changes: null removes, objects go into tables, everything else replaces. Keys bear
 * the spelling that the file uses. Throws a 400 that names the key for one that nothing knows, for null within a list, for an object where
 * the file has a list (the whole list has to be given), and for more than 200 keys.
 */
export function mergeSteps(patch: TomlTable, tree: TomlTable, sections: readonly SectionClass[]): MergeStep[] {
  const steps: MergeStep[] = [];

  const visit = (table: TomlTable, present: unknown, path: readonly string[]): void => {
    if (path.length > DEEPEST) throw refused(path, 'is nested too deeply');
    for (const [key, value] of Object.entries(table)) {
      const asked = [...path, key];
      if (key === '__proto__') throw refused(asked, 'is not a key of this gateway');
      const here = spellingInFile(sections, tree, asked).segments;
      const now =
        isTable(present) && Object.hasOwn(present, here.at(-1) ?? '') ? present[here.at(-1) ?? ''] : undefined;
      if (isTable(value)) {
        if (Array.isArray(now)) throw refused(here, 'is a list in the file: give the whole list');
        if (now !== undefined && !isTable(now)) steps.push({ path: here, value: undefined });
        visit(value, now, here);
      } else if (value === null) {
        if (now !== undefined) steps.push({ path: here, value: undefined });
      } else {
        if (now === undefined) assertKnown(here, sections);
        if (isTable(now)) throw refused(here, 'is a table: give an object, or null to remove it');
        assertPlain(value, here, 0);
        steps.push({ path: here, value });
      }
      if (steps.length > MOST_KEYS)
        throw refused(here, `is one key too many: at most ${MOST_KEYS} change at once. PUT the whole file`);
    }
  };
  visit(patch, tree, []);
  return steps;
}

function assertKnown(path: readonly string[], sections: readonly SectionClass[]): void {
  const name = formatPath(path);
  const declared = path.some((_, index) => {
    const found = findKey(sections, path.slice(0, index + 1));
    return found !== undefined && (index === path.length - 1 || found.options.table === undefined);
  });
  if (declared || isZeroClawKey(name)) return;
  if (sections.some((section) => startsWith(sectionMeta(section).path, path)))
    throw refused(path, 'is a table: give an object');
  throw refused(path, `is not a key of this gateway; did you mean ${closest(name, allKeys(sections))}?`);
}

/** Whether `path` is the table `section` or one above it. */
function startsWith(section: string, path: readonly string[]): boolean {
  const segments = section ? parsePath(section) : [];
  return path.length <= segments.length && path.every((segment, index) => segments[index] === segment);
}

function assertPlain(value: unknown, path: readonly string[], depth: number): void {
  if (depth > DEEPEST) throw refused(path, 'is nested too deeply');
  if (value === null) throw refused(path, 'holds null, which TOML does not have');
  if (typeof value === 'string' && !value.isWellFormed()) throw refused(path, 'holds half of a character');
  if (typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') throw refused([...path, key], 'is not a key of this gateway');
    assertPlain(inner, path, depth + 1);
  }
}

function refused(path: readonly string[], reason: string): AppError {
  const key = formatPath(path).slice(0, 300);
  return new AppError(400, 'config.invalid', `Invalid config: ${key} ${reason}`, {
    param: key,
    details: { problems: [{ key, line: null, column: null, from: 'patch', message: reason }] },
  });
}
