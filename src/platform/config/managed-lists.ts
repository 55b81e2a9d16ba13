import { isDeepStrictEqual } from 'node:util';
import { MASK } from './config-text';
import { editToml } from './edit-toml';
import type { SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import type { TomlTable } from './toml-document';
import { isTable, parseToml } from './toml-document';
import { spliced, stepsKey, tomlParts } from './toml-parts';
import { parsePath } from './toml-path';

/**
 * Lists that the gateway keeps itself, such as the tokens: `source` gets every entry that `current` has, whatever it says itself, and keeps
 * those that it brings along. Both must be TOML.
 */
export async function keepManaged(source: string, current: string, sections: readonly SectionClass[]): Promise<string> {
  let text = source;
  for (const path of managedPaths(sections)) text = await keep(text, current, path);
  return text;
}

async function keep(source: string, current: string, path: readonly string[]): Promise<string> {
  const present = at(parseToml(current).tree, path);
  if (!Array.isArray(present)) return source;
  const wanted = at(parseToml(source).tree, path);
  // What is no list is a mistake that the checks name.
  if (wanted !== undefined && !Array.isArray(wanted)) return source;
  const added = (wanted ?? []).filter((entry) => entry !== MASK && !present.includes(entry));
  if (wanted === undefined) return present.length === 0 ? source : editToml(source, path, present);
  if (isDeepStrictEqual(wanted, present)) return source;
  if (added.length > 0) return editToml(source, path, [...present, ...added]);
  const [ours, theirs] = [source, current].map((text) =>
    tomlParts(text).values.find((value) => stepsKey(value.path) === stepsKey(path)),
  );
  if (!ours || !theirs) return editToml(source, path, present);
  return spliced(source, [{ start: ours.start, end: ours.end, text: current.slice(theirs.start, theirs.end) }]);
}

function managedPaths(sections: readonly SectionClass[]): string[][] {
  return sections.flatMap((section) => {
    const { path } = sectionMeta(section);
    const managed = [...sectionKeys(section)].filter(([, options]) => options.managed);
    return managed.map(([key]) => [...(path ? parsePath(path) : []), key]);
  });
}

function at(tree: TomlTable, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    tree,
  );
}
