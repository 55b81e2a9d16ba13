import { isDeepStrictEqual } from 'node:util';
import { MASK } from './config-text';
import type { Step } from './toml-parts';
import type { TomlTable } from './toml-document';
import { isTable } from './toml-document';

/** What names a table within a list, the first that all of them have. */
const NAMES = ['name', 'id', 'hint'];

/** Finds in one tree what stands at a path of another, where tables of lists may have moved. */
export class SameEntry {
  constructor(
    private readonly ours: TomlTable,
    private readonly theirs: TomlTable,
  ) {}

  /** The path in the other tree, whether or not something is there; undefined when a table of a list has no counterpart for certain. */
  pathOf(path: readonly Step[]): readonly Step[] | undefined {
    let here: unknown = this.ours;
    let there: unknown = this.theirs;
    const found: Step[] = [];
    for (const step of path) {
      const next: Step | undefined = typeof step === 'number' ? counterpart(here, there, step) : step;
      if (next === undefined) return undefined;
      found.push(next);
      here = child(here, step);
      there = child(there, next);
    }
    return found;
  }
}

/** Texts of a list keep their index: whoever asks for one knows the lengths. */
function counterpart(ours: unknown, theirs: unknown, index: number): number | undefined {
  if (!Array.isArray(ours) || !isTable(ours[index])) return index;
  if (!Array.isArray(theirs)) return undefined;
  const name = NAMES.find((key) => isNamedBy(ours, key) && isNamedBy(theirs, key));
  if (name !== undefined) {
    const wanted = ours[index][name];
    const at = theirs.findIndex((entry: unknown) => isTable(entry) && entry[name] === wanted);
    return at === -1 ? undefined : at;
  }
  const sameLength = ours.length === theirs.length;
  if (sameLength && (ours.length === 1 || alike(ours[index], theirs[index]))) return index;
  const candidates = theirs.flatMap((entry, at) => (alike(ours[index], entry) ? [at] : []));
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** Equal, but for what is masked. */
function alike(ours: unknown, theirs: unknown): boolean {
  if (ours === MASK) return theirs !== undefined;
  if (Array.isArray(ours) && Array.isArray(theirs))
    return ours.length === theirs.length && ours.every((entry, index) => alike(entry, theirs[index]));
  if (!isTable(ours) || !isTable(theirs)) return isDeepStrictEqual(ours, theirs);
  const keys = Object.keys(ours);
  return keys.length === Object.keys(theirs).length && keys.every((key) => alike(ours[key], child(theirs, key)));
}

/** Each has it, and no two the same. */
function isNamedBy(list: readonly unknown[], key: string): boolean {
  const names = list.map((entry) => (isTable(entry) ? entry[key] : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === list.length;
}

function child(value: unknown, step: Step): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isTable(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
