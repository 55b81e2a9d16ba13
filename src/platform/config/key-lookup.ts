import type { ConfigTree } from './config-tree';
import type { KeyOptions, SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import type { TomlTable } from './toml-document';
import { isTable } from './toml-document';
import { formatPath, parsePath } from './toml-path';

export interface FoundKey {
  /** The class that declares the key; of a nested table, the nested class. */
  section: SectionClass;
  key: string;
  options: KeyOptions;
}

/** The declaration of a dotted key, also within `[a.<name>]` and `[[a]]` (`a[0].b`); undefined when nothing declares it. */
export function findKey(sections: readonly SectionClass[], segments: readonly string[]): FoundKey | undefined {
  for (const section of sections) {
    const { path } = sectionMeta(section);
    const prefix = path ? parsePath(path) : [];
    if (!prefix.every((segment, index) => segments[index] === segment)) continue;
    const found = findIn(section, segments.slice(prefix.length));
    if (found) return found;
  }
  return undefined;
}

function findIn(section: SectionClass, [name = '', ...rest]: readonly string[]): FoundKey | undefined {
  for (const [key, options] of sectionKeys(section)) {
    if (key !== name && !options.aliases?.includes(name)) continue;
    if (rest.length === 0) return { section, key, options };
    if (options.table && options.kind !== 'array')
      return findIn(options.table, options.kind === 'map' ? rest.slice(1) : rest);
    if (options.kind === 'map' && rest.length === 1) return { section, key, options };
  }
  return undefined;
}

/** Where the file has a key, which may be under another spelling, and the value that stands there. */
export function spellingInFile(
  sections: readonly SectionClass[],
  tree: TomlTable,
  segments: readonly string[],
): { segments: readonly string[]; stored: unknown } {
  const parent = segments.slice(0, -1);
  const found = findKey(sections, segments);
  const table = parent.reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : undefined), tree);
  const name = segments.at(-1) ?? '';
  const spellings = found ? [found.key, ...(found.options.aliases ?? [])] : [];
  const written = [name, ...spellings].find((spelling) => isTable(table) && Object.hasOwn(table, spelling)) ?? name;
  return { segments: [...parent, written], stored: isTable(table) ? table[written] : undefined };
}

/** The value in force of a dotted key that `findKey` knows. */
export function effectiveValue(tree: ConfigTree, segments: readonly string[]): unknown {
  for (const [section, values] of tree.sections) {
    const { path } = sectionMeta(section);
    const rest = segments.slice(path ? parsePath(path).length : 0);
    if (!findKey([section], segments)) continue;
    return rest.reduce<unknown>((value, name) => field(value, name), values);
  }
  return undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, name)) return (value as TomlTable)[name];
  const keys = [...sectionKeys(value.constructor as SectionClass)];
  const [key] = keys.find(([, { aliases }]) => aliases?.includes(name)) ?? [];
  return key === undefined ? undefined : (value as TomlTable)[key];
}

/** Every dotted key of all sections, for suggestions. */
export function allKeys(sections: readonly SectionClass[]): string[] {
  return sections.flatMap((section) =>
    [...sectionKeys(section).keys()].map((key) => formatPath([key], sectionMeta(section).path)),
  );
}
