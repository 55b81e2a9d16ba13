import { isDeepStrictEqual } from 'node:util';
import { MASK } from './config-text';
import type { Step } from './toml-parts';
import type { TomlTable } from './toml-document';
import { isTable } from './toml-document';

/** What names a table within a list, the first that all of them have. */
const NAMES = ['name', 'id', 'hint'];

/** Finds in one tree what stands at a path of another, where tables of lists may have moved. */
export class SameEntry {
  /** By our list: what it is named by, and where each name stands. Lists may be long. */
  private readonly names = new WeakMap<object, { key: string; at: Map<unknown, number> } | { key: undefined }>();

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
      const next: Step | undefined = typeof step === 'number' ? this.counterpart(here, there, step) : step;
      if (next === undefined) return undefined;
      found.push(next);
      here = child(here, step);
      there = child(there, next);
    }
    return found;
  }

  /** Texts of a list keep their index: whoever asks for one knows the lengths. */
  private counterpart(ours: unknown, theirs: unknown, index: number): number | undefined {
    if (!Array.isArray(ours) || !isTable(ours[index])) return index;
    if (!Array.isArray(theirs)) return undefined;
    const naming = this.namingOf(ours, theirs);
    if (naming.key !== undefined) return naming.at.get(ours[index][naming.key]);
    const sameLength = ours.length === theirs.length;
    if (sameLength && (ours.length === 1 || alike(ours[index], theirs[index]))) return index;
    const candidates = theirs.flatMap((entry, at) => (alike(ours[index], entry) ? [at] : []));
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  private namingOf(ours: readonly unknown[], theirs: readonly unknown[]) {
    const known = this.names.get(ours);
    if (known) return known;
    const key = NAMES.find((name) => isNamedBy(ours, name) && isNamedBy(theirs, name));
    const at = new Map(theirs.map((entry, index) => [isTable(entry) && key !== undefined && entry[key], index]));
    const naming = key === undefined ? { key } : { key, at };
    this.names.set(ours, naming);
    return naming;
  }
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
