import { parentPort, workerData } from 'node:worker_threads';
import type { FoundLine, SearchTask } from './line-search';

// Runs in a thread of its own, see LineSearch: a pattern that takes for ever takes only this thread. Loads nothing of the gateway.

const MAX_LINE_CHARS = 500;

const { pattern, flags, multiline, before, after } = workerData as SearchTask;
const expression = new RegExp(pattern, flags);

parentPort?.on('message', ({ text, limit }: { text: string; limit: number }) =>
  parentPort?.postMessage(multiline ? searchWhole(text, limit) : searchLines(text, limit), []),
);

function searchLines(text: string, limit: number): FoundLine[] {
  const lines = linesOf(text);
  const hits: number[] = [];
  for (let at = 0; at < lines.length && hits.length < limit; at++) if (expression.test(lines[at] ?? '')) hits.push(at);
  return withContext(lines, hits);
}

function searchWhole(text: string, limit: number): FoundLine[] {
  const lines = linesOf(text);
  const hits = new Set<number>();
  let line = 0;
  let lineStart = 0;
  for (const match of text.matchAll(expression)) {
    if (hits.size >= limit) break;
    const end = match.index + Math.max(0, match[0].length - 1);
    for (;;) {
      const next = text.indexOf('\n', lineStart);
      if (lineStart + (next === -1 ? text.length : next - lineStart) >= match.index || next === -1) break;
      lineStart = next + 1;
      line++;
    }
    const count = text.slice(match.index, end).split('\n').length;
    for (let at = line; at < line + count; at++) hits.add(at);
  }
  return withContext(lines, [...hits].slice(0, limit));
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function withContext(lines: readonly string[], hits: readonly number[]): FoundLine[] {
  const isHit = new Set(hits);
  const shown = new Set<number>();
  for (const hit of hits) {
    for (let at = Math.max(0, hit - before); at <= Math.min(lines.length - 1, hit + after); at++) shown.add(at);
  }
  return [...shown]
    .sort((a, b) => a - b)
    .map((at) => ({ line: at + 1, text: (lines[at] ?? '').slice(0, MAX_LINE_CHARS), isMatch: isHit.has(at) }));
}
