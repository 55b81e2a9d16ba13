import type { KeyShape } from './key-shape';
import { describeShape, keyShape } from './key-shape';
import { bySection } from './section-blocks';
import type { KeyOptions, SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import { formatPath } from './toml-path';
import { formatValue } from './toml-value';

const WIDTH = 116;

const PREFACE = `# Configuration of the ZeroClaw gateway: every key with its default. A key that is left out has its default too,
# so a config.toml needs only what you change. Environment variables go before the file, command line flags before both.
# Variables of secrets also work with _FILE behind their name, for the path of a file that holds the secret.
# Made by: npm run -s zeroclaw -- config schema --example
`;

/**
 * config.example.toml: every key with its meaning, what is allowed, its environment variable and its default.
 * @param switches tables that switch something on by standing in the file: they are shown as comments.
 */
export function renderExample(sections: readonly SectionClass[], switches: readonly SectionClass[] = []): string {
  const body = bySection(sections, (section) => {
    const { path, doc } = sectionMeta(section);
    const keys = [...sectionKeys(section)];
    const defaults = new section() as Record<string, unknown>;
    const lines = [...comment(doc), ...(path ? [`[${path}]`] : [])];
    for (const [key, options] of keys) {
      if (!options.table) lines.push('', ...renderKey(section, key, options, defaults[key]));
    }
    for (const [key, options] of keys)
      if (options.table) lines.push('', ...renderTable(options.table, key, options, path));
    return switches.includes(section)
      ? lines.map((line) => (line === '' || isComment(line) ? line : `# ${line}`))
      : lines;
  });
  return `${PREFACE}\n${body}`;
}

function renderKey(section: SectionClass, key: string, options: KeyOptions, value: unknown): string[] {
  const shape = keyShape(section, key);
  const isTable = typeof value === 'object' && !Array.isArray(value);
  const isEmpty =
    value === undefined || value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);
  const isMissing = value === undefined || (value === '' && shape.notEmpty);
  const shown = isEmpty ? (options.example ?? (isMissing ? placeholder(shape) : value)) : value;
  // An empty inline table would stand in the way of a [table] of that name, and an example is not the default.
  const isInactive = isEmpty && (value === undefined || isTable || options.example !== undefined);
  const line = `${formatPath([key])} = ${formatValue(shown)}`;
  return [...comment(options.doc), ...comment(remarks(shape, options)), isInactive ? `# ${line}` : line];
}

/** Entries of lists and maps exist only when somebody adds one, so they are shown as comments that can be uncommented as they stand. */
function renderTable(
  table: SectionClass,
  key: string,
  { doc, kind = 'table', live }: KeyOptions,
  parent: string,
): string[] {
  const path = formatPath([key], parent);
  const header = { array: `[[${path}]]`, map: `[${path}.name]`, table: `[${path}]` }[kind];
  const defaults = new table() as Record<string, unknown>;
  const keys = [...sectionKeys(table)];
  const fields = keys.flatMap(([name, options]) =>
    renderKey(table, name, { ...options, live: live ?? false }, defaults[name]),
  );
  const lines = [header, ...fields];
  return [...comment(doc), ...(kind === 'table' ? lines : lines.map((line) => `# ${line}`))];
}

function remarks(shape: KeyShape, { env, live }: KeyOptions): string {
  const variables = env === undefined ? '' : `Environment: ${[env].flat().join(', ')}.`;
  const bounds =
    shape.min !== undefined || shape.max !== undefined || shape.oneOf ? `Allowed: ${describeShape(shape)}.` : '';
  return [bounds, variables, live ? '' : 'Needs a restart.'].filter(Boolean).join(' ');
}

function placeholder(shape: KeyShape): unknown {
  const [first = '…'] = shape.oneOf ?? [];
  if (shape.list) return [first];
  if (shape.type === 'integer' || shape.type === 'number') return shape.min ?? 0;
  return shape.type === 'boolean' ? true : first;
}

function isComment(line: string): boolean {
  return line.startsWith('#');
}

function comment(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `# ${line}`);
}
