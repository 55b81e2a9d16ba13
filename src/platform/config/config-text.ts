import { describeShape, keyShape } from './key-shape';
import type { KeyOptions, SectionClass } from './section';
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
  return blocks(sections, (section) => {
    const { path } = sectionMeta(section);
    const values = tree.sections.get(section) as Record<string, unknown>;
    const lines: string[] = [];
    const tables: string[] = [];
    for (const [key, options] of sectionKeys(section)) {
      const value = masked(values[key], options);
      const here = formatPath([key], path);
      if (value === undefined) continue;
      if (options.table) tables.push(...renderTables(value, here));
      else lines.push(`${formatPath([key])} = ${formatValue(value)}${provenance(tree.origins.get(here))}`);
    }
    return [...lines, ...tables];
  });
}

function provenance(origin: Origin | undefined): string {
  if (origin?.from === 'environment') return ` # from ${origin.name}`;
  return origin?.from === 'flag' ? ` # from ${origin.name}` : '';
}

function renderTables(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => ['', `[[${path}]]`, ...renderFields(entry)]);
  if (!isTable(value)) return [];
  const entries = Object.entries(value);
  if (entries.every(([, inner]) => !isTable(inner)))
    return entries.length > 0 ? ['', `[${path}]`, ...renderFields(value)] : [];
  return entries.flatMap(([name, inner]) => ['', `[${formatPath([name], path)}]`, ...renderFields(inner)]);
}

function renderFields(value: unknown): string[] {
  if (!isTable(value)) return [];
  const set = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return set.map(([key, inner]) => `${formatPath([key])} = ${formatValue(inner)}`);
}

const PREFACE = `# Configuration of the ZeroClaw gateway: every key with its default.
# Copy what you want to change to ~/.zeroclaw/config.toml; a key that is left out has its default.
# Environment variables go before this file, command line flags before both.
# Made by: npm run -s zeroclaw -- config schema --example
`;

/** config.example.toml: every key with its meaning, its default and what is allowed. */
export function renderExample(sections: readonly SectionClass[]): string {
  const body = blocks(
    sections,
    (section) => {
      const defaults = new section() as Record<string, unknown>;
      const keys = [...sectionKeys(section)];
      const plain = keys.filter(([, { table }]) => !table);
      const nested = keys.filter(([, { table }]) => table !== undefined);
      const { path } = sectionMeta(section);
      return [
        ...plain.flatMap(([key, options]) => exampleKey(section, key, options, defaults[key])),
        ...nested.flatMap(([key, options]) => exampleTable(key, options, path)),
      ];
    },
    true,
  );
  return `${PREFACE}\n${body}`;
}

function exampleKey(section: SectionClass, key: string, options: KeyOptions, value: unknown): string[] {
  const isEmpty =
    value === undefined || value === '' || (typeof value === 'object' && Object.keys(value as object).length === 0);
  const shown = isEmpty && options.example !== undefined ? options.example : value;
  const line = shown === undefined ? `${key} = ` : `${key} = ${formatValue(shown)}`;
  const isCommented = value === undefined || (isEmpty && options.example !== undefined);
  const notes = [options.doc, remarks(section, key, options)].filter(Boolean).join(' ');
  return ['', ...comment(notes), isCommented ? `# ${line}`.trimEnd() : line];
}

function exampleTable(key: string, options: KeyOptions, path: string): string[] {
  const table = options.table as SectionClass;
  const here = formatPath([key], path);
  const header = options.kind === 'array' ? `[[${here}]]` : options.kind === 'map' ? `[${here}.name]` : `[${here}]`;
  const fields = new table() as Record<string, unknown>;
  const lines = [...sectionKeys(table)].flatMap(([name, inner]) =>
    exampleKey(table, name, inner, fields[name]).slice(1),
  );
  // Entries of lists and maps exist only when somebody adds one.
  const shown = options.kind === 'array' || options.kind === 'map';
  return [
    '',
    ...comment(options.doc),
    ...[header, ...lines].map((line) => (shown && !line.startsWith('#') ? `# ${line}` : line)),
  ];
}

function remarks(section: SectionClass, key: string, { env, live, table }: KeyOptions): string {
  const shape = keyShape(section, key);
  const allowed = table || shape.type === 'boolean' || shape.type === 'any' ? '' : `Allowed: ${describeShape(shape)}.`;
  const variables = env === undefined ? '' : `Environment: ${[env].flat().join(', ')}.`;
  return [allowed, variables, live ? '' : 'Needs a restart.'].filter(Boolean).join(' ');
}

function comment(text: string): string[] {
  return text.match(/.{1,116}(?:\s|$)/g)?.map((line) => `# ${line.trimEnd()}`) ?? [];
}

/** One block per table, the keys above all tables first. */
function blocks(
  sections: readonly SectionClass[],
  render: (section: SectionClass) => string[],
  documented = false,
): string {
  const ordered = [...sections].sort((a, b) => Number(sectionMeta(a).path !== '') - Number(sectionMeta(b).path !== ''));
  const texts = ordered.map((section) => {
    const { path, doc } = sectionMeta(section);
    const head = [...(documented ? comment(doc) : []), ...(path ? [`[${path}]`] : [])];
    return [...head, ...render(section)].join('\n');
  });
  return `${texts.filter((text) => text.trim() !== '').join('\n\n')}\n`;
}
