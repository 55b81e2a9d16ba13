import { closest, distance } from 'fastest-levenshtein';
import type { SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import type { TomlDocument, TomlTable } from './toml-document';
import { isTable } from './toml-document';
import { formatPath, parsePath } from './toml-path';
import { isZeroClawKey } from './zeroclaw-keys';

/** What is known about one table of the file. */
interface KnownTable {
  tables: Map<string, KnownTable>;
  /** Classes whose keys may stand here. */
  sections: SectionClass[];
}

/** One warning per key that means nothing, with what was probably meant, and one for all that only ZeroClaw itself uses. */
export function warnOfUnknownKeys(sections: readonly SectionClass[], document: TomlDocument, file: string): string[] {
  const unserved: string[] = [];
  const warnings: string[] = [];

  const visit = (raw: TomlTable, known: KnownTable, path: string) => {
    for (const [key, value] of Object.entries(raw)) {
      const here = formatPath([key], path);
      const table = known.tables.get(key);
      const owner = known.sections.find((section) => keyOptions(section, key));
      if (table && isTable(value)) visit(value, withOwn(table, owner, key), here);
      else if (owner) visitNested(value, owner, key, here);
      else if (table) continue;
      else if (isZeroClawKey(here)) unserved.push(isTable(value) ? `[${here}]` : here);
      else warnings.push(unknown(here, key, known));
    }
  };
  const visitNested = (value: unknown, owner: SectionClass, key: string, path: string) => {
    const options = keyOptions(owner, key);
    if (!options?.table) return;
    const inner = onlyOf(options.table);
    const entries: [string, unknown][] =
      options.kind === 'map' && isTable(value)
        ? Object.entries(value).map(([name, entry]) => [formatPath([name], path), entry])
        : (options.kind === 'array' || options.namedBy !== undefined) && Array.isArray(value)
          ? value.map((entry, index) => [`${path}[${index}]`, entry])
          : [[path, value]];
    for (const [place, entry] of entries) if (isTable(entry)) visit(entry, inner, place);
  };
  const unknown = (path: string, key: string, table: KnownTable) => {
    const position = document.positions.get(path);
    const place = position ? `${file}:${position.line}:${position.column}` : `${file}:`;
    const suggestion = suggest(key, table);
    const prefix = path.slice(0, path.length - formatPath([key]).length);
    const meant = suggestion && `; did you mean ${prefix}${suggestion}?`;
    return `${place} ${path} is not a key of this gateway and is ignored${meant}`;
  };

  visit(document.tree, knownTree(sections), '');
  if (unserved.length > 0) {
    warnings.push(`${file}: these settings of ZeroClaw are not used by this gateway: ${unserved.join(', ')}`);
  }
  return warnings;
}

/** Only variables that look like one of ours: the prefix is also used by ZeroClaw itself and by Kubernetes for a Service of that name. */
export function warnOfMisspeltVariables(
  sections: readonly SectionClass[],
  env: Readonly<Record<string, unknown>>,
): string[] {
  const names = sections.flatMap((section) =>
    [...sectionKeys(section).values()].flatMap((options) => options.env ?? []),
  );
  const strange = Object.keys(env).filter((name) => name.startsWith('ZEROCLAW_') && !names.includes(name));
  return strange.flatMap((name) => {
    const nearest = names.length > 0 ? closest(name, names) : '';
    if (distance(name, nearest) > 2) return [];
    return [`environment variable ${name} is not known and is ignored; did you mean ${nearest}?`];
  });
}

function knownTree(sections: readonly SectionClass[]): KnownTable {
  const root: KnownTable = { tables: new Map(), sections: [] };
  for (const section of sections) {
    const { path } = sectionMeta(section);
    let table = root;
    for (const segment of path ? parsePath(path) : []) {
      const next: KnownTable = table.tables.get(segment) ?? { tables: new Map(), sections: [] };
      table.tables.set(segment, next);
      table = next;
    }
    table.sections.push(section);
  }
  return root;
}

function onlyOf(section: SectionClass): KnownTable {
  return { tables: new Map(), sections: [section] };
}

/** A table may be a nested table of one section and hold the tables of others at once. */
function withOwn(table: KnownTable, owner: SectionClass | undefined, key: string): KnownTable {
  const nested = owner && keyOptions(owner, key)?.table;
  return nested ? { tables: table.tables, sections: [...table.sections, nested] } : table;
}

function keyOptions(section: SectionClass, key: string) {
  const keys = sectionKeys(section);
  return keys.get(key) ?? [...keys.values()].find((options) => options.aliases?.includes(key));
}

function suggest(key: string, { tables, sections }: KnownTable): string {
  const candidates = [...tables.keys(), ...sections.flatMap((section) => [...sectionKeys(section).keys()])];
  if (candidates.length === 0) return '';
  const nearest = closest(key, candidates);
  return distance(key, nearest) <= Math.max(2, Math.floor(key.length / 3)) ? nearest : '';
}
