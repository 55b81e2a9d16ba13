import { MASK } from './config-text';
import { isHidden } from './mask-toml';
import { SameEntry } from './same-entry';
import type { SecretKeys } from './secret-keys';
import { parseToml } from './toml-document';
import { spliced, stepsKey, tomlParts } from './toml-parts';
import type { Splice, Step, WrittenValue } from './toml-parts';

/** A mask that stands for nothing. */
export interface LostMask {
  path: readonly Step[];
  /** Where it stands in the text. */
  start: number;
  reason: string;
}

export interface RestoredText {
  /** Complete unless masks are lost: those are still in it, or empty where that was asked for. */
  text: string;
  lost: LostMask[];
}

/**
 * Puts the secrets of `current` back in the place of the masks of `source`, as they are written there. A mask stands for the secret at the
 * same key. Tables of a list are the same when they have the same name; entries of a list of secrets when the list is as long as before, or
 * holds as many masks as there were secrets. Both texts must be TOML.
 * @param emptyLost writes an empty value where the secret is not there any more
 */
export function restoreMasks(source: string, current: string, secrets: SecretKeys, emptyLost = false): RestoredText {
  return new Restoration(source, current, secrets).run(emptyLost);
}

class Restoration {
  private readonly values: readonly WrittenValue[];
  private readonly kept = new Map<string, WrittenValue>();
  private readonly keptEntries = new Map<string, WrittenValue[]>();
  private readonly same: SameEntry;
  private readonly ordered = new WeakMap<readonly WrittenValue[], ReadonlyMap<number, WrittenValue>>();

  constructor(
    private readonly source: string,
    private readonly current: string,
    private readonly secrets: SecretKeys,
  ) {
    this.values = tomlParts(source).values;
    for (const value of tomlParts(current).values) {
      this.kept.set(stepsKey(value.path), value);
      if (typeof value.path.at(-1) === 'number') entriesOf(this.keptEntries, value).push(value);
    }
    this.same = new SameEntry(parseToml(source).tree, parseToml(current).tree);
  }

  run(emptyLost: boolean): RestoredText {
    const entries = new Map<string, WrittenValue[]>();
    for (const value of this.values) if (typeof value.path.at(-1) === 'number') entriesOf(entries, value).push(value);
    const splices: Splice[] = [...this.comments()];
    const lost: LostMask[] = [];
    for (const value of this.values) {
      if (!value.text?.includes(MASK)) continue;
      const found = this.secretFor(value, entries);
      const { path, start, end } = value;
      if (typeof found === 'object') {
        splices.push({ start, end, text: this.current.slice(found.start, found.end) });
      } else {
        lost.push({ path, start, reason: found });
        if (emptyLost) splices.push({ start, end, text: '""' });
      }
    }
    return { text: spliced(this.source, splices), lost };
  }

  /** The secret that the mask stands for, or why there is none. */
  private secretFor(
    { path, text }: WrittenValue,
    entries: ReadonlyMap<string, readonly WrittenValue[]>,
  ): WrittenValue | string {
    if (text !== MASK) return 'holds the mask amid other text: write the whole value';
    const there = this.same.pathOf(path);
    if (there === undefined) return 'is masked, and which entry of the present list is meant cannot be told: write it';
    const last = there.at(-1);
    const found = typeof last === 'number' ? this.entryFor(path, there, entries) : this.kept.get(stepsKey(there));
    if (typeof found === 'string') return found;
    if (found === undefined || found.list) return 'is masked, and there is no value to keep: write it or leave it out';
    if (!isHidden(found, this.current, this.secrets)) return 'is masked, and its present value is no secret: write it';
    return found;
  }

  private entryFor(
    path: readonly Step[],
    there: readonly Step[],
    entries: ReadonlyMap<string, readonly WrittenValue[]>,
  ): WrittenValue | undefined | string {
    const ours = entries.get(stepsKey(path.slice(0, -1))) ?? [];
    const theirs = this.keptEntries.get(stepsKey(there.slice(0, -1))) ?? [];
    if (theirs.length === 0) return undefined;
    const index = Number(path.at(-1));
    if (ours.length === theirs.length) return theirs[index];
    return this.inOrder(ours, theirs).get(index) ?? tooFew(theirs.length);
  }

  /** As many masks as there were secrets: the first is the first. */
  private inOrder(ours: readonly WrittenValue[], theirs: readonly WrittenValue[]): ReadonlyMap<number, WrittenValue> {
    const known = this.ordered.get(ours);
    if (known) return known;
    const masks = ours.filter(({ text }) => text === MASK);
    const hidden = theirs.filter((entry) => isHidden(entry, this.current, this.secrets));
    const pairs = new Map<number, WrittenValue>();
    if (masks.length === hidden.length)
      hidden.forEach((secret, order) => pairs.set(Number(masks[order]?.path.at(-1)), secret));
    this.ordered.set(ours, pairs);
    return pairs;
  }

  /** A masked comment that stands in the present file is that one again; any other is only a comment. */
  private *comments(): Generator<Splice> {
    const originals = new Map<string, string>();
    for (const { start, end } of tomlParts(this.current).comments) {
      const original = this.current.slice(start, end);
      const shown = this.secrets.maskedComment(original);
      if (shown !== original && !originals.has(shown)) originals.set(shown, original);
    }
    if (originals.size === 0) return;
    for (const { start, end } of tomlParts(this.source).comments) {
      const original = originals.get(this.source.slice(start, end));
      if (original !== undefined) yield { start, end, text: original };
    }
  }
}

function tooFew(present: number): string {
  return `is masked, and which of the ${present} present entries are meant cannot be told: write those that shall stay`;
}

function entriesOf(lists: Map<string, WrittenValue[]>, { path }: WrittenValue): WrittenValue[] {
  const key = stepsKey(path.slice(0, -1));
  const found = lists.get(key) ?? [];
  lists.set(key, found);
  return found;
}
