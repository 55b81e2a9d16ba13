/** One line of the result and how it is printed. */
import type { Compared } from './statistics.ts';

export interface Row {
  figure: string;
  /** The figure that is compared with the target. */
  value: number;
  unit: string;
  low?: number;
  high?: number;
  /** Undefined for figures without a target. */
  target?: { atLeast: number } | { atMost: number };
  /** The absolute figures behind it. */
  detail: string;
}

export function row(
  figure: string,
  value: Compared | number,
  unit: string,
  target: Row['target'],
  detail: string,
): Row {
  const base = { figure, unit, detail, ...(target ? { target } : {}) };
  return typeof value === 'number' ? { ...base, value } : { ...base, ...value };
}

export function reached(entry: Row): boolean | undefined {
  if (!entry.target) return undefined;
  return 'atLeast' in entry.target ? entry.value >= entry.target.atLeast : entry.value <= entry.target.atMost;
}

function number(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function cells(entry: Row): string[] {
  const spread =
    entry.low === undefined || entry.high === undefined ? '' : `${number(entry.low)}–${number(entry.high)}`;
  const target = entry.target
    ? 'atLeast' in entry.target
      ? `≥ ${entry.target.atLeast}`
      : `≤ ${entry.target.atMost}`
    : '';
  const verdict = { true: 'ok', false: 'miss', undefined: '' }[String(reached(entry))] ?? '';
  return [entry.figure, `${number(entry.value)} ${entry.unit}`.trim(), spread, target, verdict, entry.detail];
}

export function table(rows: readonly Row[]): string {
  const lines = [['figure', 'measured', 'spread', 'target', '', 'behind it'], ...rows.map(cells)];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const perSecond = (value: number): string => `${value.toFixed(0)}/s`;
export const ms = (value: number): string => `${value.toFixed(2)} ms`;
