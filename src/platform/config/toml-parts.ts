import { parse as parseNodes } from 'toml/lib/parser';
import type { AstNode } from 'toml/lib/parser';

/** A step into a TOML tree: the key of a table, or the index of a list. */
export type Step = string | number;

/** A value as it is written. */
export interface WrittenValue {
  path: readonly Step[];
  /** Of text; undefined for everything else. */
  text?: string;
  /** True for a list; its entries are values of their own. */
  list: boolean;
  /** First character and the one behind the last. */
  start: number;
  end: number;
}

export interface WrittenComment {
  /** From the `#` to the end of the line. */
  start: number;
  end: number;
}

/** Where in TOML text its values and comments stand, so that single ones can be exchanged and everything else stays. */
export interface TomlParts {
  values: readonly WrittenValue[];
  comments: readonly WrittenComment[];
}

/** One exchange of characters. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** The text must be TOML: call `parseToml` first, which has the better sentences. */
export function tomlParts(source: string): TomlParts {
  const values: WrittenValue[] = [];
  const counts = new Map<string, number>();
  let table: readonly Step[] = [];

  const header = (segments: readonly string[], list: boolean): readonly Step[] => {
    const path: Step[] = [];
    segments.forEach((segment, index) => {
      path.push(segment);
      const key = stepsKey(path);
      if (list && index === segments.length - 1) counts.set(key, (counts.get(key) ?? 0) + 1);
      const count = counts.get(key);
      if (count !== undefined) path.push(count - 1);
    });
    return path;
  };
  const visit = (node: AstNode, path: readonly Step[]): void => {
    const inner = node.value as AstNode[];
    if (node.type === 'InlineTable') {
      for (const entry of inner) visit(entry.value as AstNode, [...path, ...(entry.key ?? [])]);
      return;
    }
    const list = node.type === 'Array';
    const text = node.type === 'String' ? { text: String(node.value) } : {};
    values.push({ path, list, ...text, start: node.offset, end: endOf(source, node) });
    if (list) inner.forEach((entry, index) => visit(entry, [...path, index]));
  };
  for (const node of parseNodes(source)) {
    if (node.type === 'ObjectPath') table = header(node.value as string[], false);
    else if (node.type === 'ArrayPath') table = header(node.value as string[], true);
    else if (node.type === 'Assign') visit(node.value as AstNode, [...table, ...(node.key ?? [])]);
  }
  return { values, comments: comments(source) };
}

/** The path as one word, for maps. */
export function stepsKey(path: readonly Step[]): string {
  return JSON.stringify(path);
}

/** The source with the exchanges made; they must not overlap. */
export function spliced(source: string, splices: readonly Splice[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, text } of splices.toSorted((a, b) => a.start - b.start)) {
    result += source.slice(done, start) + text;
    done = end;
  }
  return result + source.slice(done);
}

function endOf(source: string, { type, offset }: AstNode): number {
  if (type === 'String') return endOfString(source, offset);
  if (type === 'Array') return endOfList(source, offset);
  const plain = /[^,\]}#\s]+/y;
  plain.lastIndex = offset;
  return plain.test(source) ? plain.lastIndex : offset;
}

/** Behind the text that begins at `start`, in any of TOML's four notations. */
function endOfString(source: string, start: number): number {
  const quote = source[start] ?? '';
  const fence = source.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let at = start + fence.length;
  while (at < source.length && !source.startsWith(fence, at)) at += quote === '"' && source[at] === '\\' ? 2 : 1;
  at += fence.length;
  // Up to two quotes may stand right before the closing three.
  if (fence.length === 3) while (source[at] === quote && at < source.length) at++;
  return at;
}

function endOfList(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '"' || character === "'") at = endOfString(source, at) - 1;
    else if (character === '#') at = endOfLine(source, at) - 1;
    else if (character === '[') depth++;
    else if (character === ']' && --depth === 0) return at + 1;
  }
  return source.length;
}

/** Quoted keys are skipped as texts are: a `#` in them begins nothing. */
function comments(source: string): WrittenComment[] {
  const found: WrittenComment[] = [];
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '"' || character === "'") at = endOfString(source, at) - 1;
    else if (character === '#') {
      const end = endOfLine(source, at);
      found.push({ start: at, end });
      at = end - 1;
    }
  }
  return found;
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  if (end === -1) return source.length;
  return source[end - 1] === '\r' ? end - 1 : end;
}
