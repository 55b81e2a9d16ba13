import { compile } from 'toml/lib/compiler';
import { parse as parseNodes } from 'toml/lib/parser';
import type { AstNode } from 'toml/lib/parser';
import { formatPath } from './toml-path';

export type TomlTable = { [key: string]: unknown };

export interface Position {
  /** Both count from 1. */
  line: number;
  column: number;
}

/** A `[table]` or, when `list`, a `[[table]]` line. */
export interface Header {
  path: string;
  line: number;
  list: boolean;
}

/** A parsed config.toml: its values, and where each key stands. */
export interface TomlDocument {
  tree: TomlTable;
  /** Position of a key or table header by its dotted path; entries of arrays of tables bear an index, `a[0].b`. */
  positions: ReadonlyMap<string, Position>;
  /** In the order of the file. */
  headers: readonly Header[];
}

/** The text is not TOML. */
export class TomlSyntaxError extends Error {
  constructor(
    message: string,
    readonly position: Position | undefined,
  ) {
    super(message);
    this.name = 'TomlSyntaxError';
  }
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function parseToml(text: string): TomlDocument {
  const source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    const nodes = parseNodes(source);
    return { tree: plain(compile(nodes, source)) as TomlTable, ...locate(nodes, source) };
  } catch (error) {
    throw syntaxError(error);
  }
}

/** The parser's tables have no prototype; class-validator and deep comparison want ordinary objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isTable(value)) return value;
  const table: TomlTable = {};
  for (const [key, inner] of Object.entries(value)) {
    Object.defineProperty(table, key, { value: plain(inner), enumerable: true, configurable: true, writable: true });
  }
  return table;
}

function syntaxError(error: unknown): TomlSyntaxError {
  const details = error as Partial<Position> & {
    message?: string;
    found?: string | null;
    location?: { start: Position };
  };
  const { line, column } = details.location?.start ?? details;
  const position = line === undefined ? undefined : { line, column: column ?? 1 };
  return new TomlSyntaxError(unexpected(details.found) ?? String(details.message ?? error), position);
}

/** The grammar's own sentence lists every character that would have been possible. */
function unexpected(found: string | null | undefined): string | undefined {
  if (found === undefined) return undefined;
  if (found === null) return 'it ends too early';
  return /^[\r\n]/.test(found) ? 'the line ends too early' : `${JSON.stringify(found)} does not belong there`;
}

function locate(nodes: readonly AstNode[], source: string): Pick<TomlDocument, 'positions' | 'headers'> {
  const positions = new Map<string, Position>();
  const headers: Header[] = [];
  const positionOf = lineIndex(source);
  const counts = new Map<string, number>();
  let table = '';

  const record = (path: string, offset: number) => {
    if (!positions.has(path)) positions.set(path, positionOf(offset));
  };
  const visit = (node: AstNode, path: string) => {
    if (!Array.isArray(node.value)) return;
    (node.value as AstNode[]).forEach((inner, index) => {
      if (inner.type === 'InlineTableValue') assign(inner, path);
      else if (node.type === 'Array') {
        record(`${path}[${index}]`, inner.offset);
        visit(inner, `${path}[${index}]`);
      }
    });
  };
  const assign = (node: AstNode, parent: string) => {
    let path = parent;
    for (const segment of node.key ?? []) record((path = formatPath([segment], path)), node.offset);
    visit(node.value as AstNode, path);
  };
  const header = (segments: string[], offset: number, list: boolean) => {
    let path = '';
    segments.forEach((segment, index) => {
      record((path = formatPath([segment], path)), offset);
      const isLast = index === segments.length - 1;
      if (list && isLast) counts.set(path, (counts.get(path) ?? 0) + 1);
      const count = counts.get(path);
      if (count !== undefined) record((path = `${path}[${count - 1}]`), offset);
    });
    table = path;
    headers.push({ path, line: positionOf(offset).line, list });
  };

  for (const node of nodes) {
    if (node.type === 'Assign') assign(node, table);
    else if (node.type === 'ObjectPath') header(node.value as string[], node.offset, false);
    else if (node.type === 'ArrayPath') header(node.value as string[], node.offset, true);
  }
  return { positions, headers };
}

/** The place of an offset; each look-up halves the lines. */
export function lineIndex(source: string): (offset: number) => Position {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
