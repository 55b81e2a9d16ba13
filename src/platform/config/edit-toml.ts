import { isDeepStrictEqual } from 'node:util';
import type { TomlDocument, TomlTable } from './toml-document';
import { isTable, parseToml } from './toml-document';
import { formatPath } from './toml-path';
import { formatValue } from './toml-value';

/**
 * Sets one key in TOML text, or removes it when `value` is undefined, and leaves every other character alone: comments, order, quoting and
 * line ends. Throws when the result would not mean exactly that, so that a file is never damaged.
 */
export async function editToml(text: string, path: readonly string[], value: unknown): Promise<string> {
  const document = parseToml(text);
  const { tree } = document;
  const wanted = withValue(tree, path, value);
  if (isDeepStrictEqual(tree, wanted)) return text;
  const candidates = [
    () => insert(text, document, path, value),
    // Loaded only when a value is really changed: most runs of the gateway never write.
    async () => (await import('@decimalturn/toml-patch')).patch(text, wanted),
  ];
  for (const candidate of candidates) {
    const edited = await candidate();
    if (edited !== undefined && means(edited, wanted)) return edited;
  }
  throw new Error(`${formatPath(path)} cannot be changed without touching the rest of the file: edit it by hand`);
}

function means(text: string, wanted: TomlTable): boolean {
  try {
    return isDeepStrictEqual(parseToml(text).tree, wanted);
  } catch {
    return false;
  }
}

function withValue(tree: TomlTable, [key = '', ...rest]: readonly string[], value: unknown): TomlTable {
  const copy = { ...tree };
  const current = Object.hasOwn(tree, key) ? tree[key] : undefined;
  if (rest.length > 0) {
    if (current !== undefined && !isTable(current)) throw new Error(`${formatPath([key])} is not a table`);
    if (current === undefined && value === undefined) return tree;
    copy[key] = withValue(current ?? {}, rest, value);
  } else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** A new key in its own line, in its table if there is one; the general patcher would put it behind the comment of the next table. */
function insert(
  text: string,
  { tree, headers }: TomlDocument,
  path: readonly string[],
  value: unknown,
): string | undefined {
  const parent = path.slice(0, -1);
  if (value === undefined || valueAt(tree, path) !== undefined) return undefined;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${formatPath(path.slice(-1))} = ${formatValue(value)}`;
  const lines = text.split(/(?<=\n)/);
  const header = headers.find(({ path: other, list }) => !list && other === formatPath(parent));
  if (!header && parent.length > 0) {
    const gap = text === '' ? '' : text.endsWith('\n') ? newline : newline + newline;
    return `${text}${gap}[${formatPath(parent)}]${newline}${line}${newline}`;
  }
  const start = header?.line ?? 0;
  const next = headers.find((other) => other.line > start);
  const at = endOfTable(lines, start, next ? next.line - 1 : lines.length);
  const before = lines.slice(0, at).join('');
  const ended = before === '' || before.endsWith('\n') ? before : before + newline;
  return `${ended}${line}${newline}${lines.slice(at).join('')}`;
}

/** Where a table ends: above the blank lines and the comment that belong to the next header. */
function endOfTable(lines: readonly string[], start: number, next: number): number {
  let at = next;
  if (next < lines.length) while (at > start && lines[at - 1]?.trimStart().startsWith('#')) at--;
  while (at > start && lines[at - 1]?.trim() === '') at--;
  return at;
}

function valueAt(tree: TomlTable, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    tree,
  );
}
