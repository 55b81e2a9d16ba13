import type { KeyOptions, SectionClass } from './section';
import { bySection } from './section-blocks';
import { sectionKeys, sectionMeta } from './section';
import { isTable } from './toml-document';
import { formatPath } from './toml-path';
import { formatValue } from './toml-value';
import type { Origin } from './config-problem';
import type { ConfigTree } from './config-tree';

export const MASK = '***MASKED***';

/** A value as it may be shown: the words of a secret are replaced, how many there are stays visible. */
export function masked(value: unknown, options: KeyOptions): unknown {
  if (options.table) return maskedTable(value, options.table);
  if (!options.secret) return value;
  return mask(value);
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (isTable(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mask(inner)]));
  return value === undefined || value === '' ? value : MASK;
}

function maskedTable(value: unknown, table: SectionClass): unknown {
  if (Array.isArray(value)) return value.map((entry) => maskedTable(entry, table));
  if (!isTable(value)) return value;
  if (!(value instanceof table)) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, maskedTable(entry, table)]));
  }
  const shown = [...sectionKeys(table)].map(([key, options]) => [
    key,
    masked((value as Record<string, unknown>)[key], options),
  ]);
  return Object.fromEntries(shown);
}

/** The configuration in force as TOML, without secrets; a value that the file does not decide says where it comes from. */
export function renderEffective(sections: readonly SectionClass[], tree: ConfigTree): string {
  return bySection(sections, (section) => {
    const { path } = sectionMeta(section);
    const values = tree.sections.get(section) as Record<string, unknown>;
    const lines: string[] = path ? [`[${path}]`] : [];
    const tables: string[] = [];
    for (const [key, options] of sectionKeys(section)) {
      const value = masked(values[key], options);
      const here = formatPath([key], path);
      if (value === undefined) continue;
      if (options.table) tables.push(...renderTables(value, here, options.kind));
      else lines.push(`${formatPath([key])} = ${formatValue(value)}${provenance(tree.origins.get(here))}`);
    }
    return [...lines, ...tables];
  });
}

function provenance(origin: Origin | undefined): string {
  if (origin?.from === 'environment') return ` # from ${origin.name}`;
  return origin?.from === 'flag' ? ` # from ${origin.name}` : '';
}

function renderTables(value: unknown, path: string, kind: KeyOptions['kind']): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => renderTable(entry, `[[${path}]]`));
  if (kind !== 'map') return renderTable(value, `[${path}]`);
  const entries = Object.entries(value as Record<string, unknown>);
  return entries.flatMap(([name, entry]) => renderTable(entry, `[${formatPath([name], path)}]`));
}

function renderTable(value: unknown, header: string): string[] {
  const fields = Object.entries(value as Record<string, unknown>).filter(([, inner]) => inner !== undefined);
  return ['', header, ...fields.map(([key, inner]) => `${formatPath([key])} = ${formatValue(inner)}`)];
}
