/** Medians over interleaved rounds and the ratio of two of them. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

export interface Compared {
  /** The ratio of the medians. */
  value: number;
  /** The smallest and the largest ratio (or difference) of neighbours, measured seconds apart. */
  low: number;
  high: number;
}

export function ratio(ours: readonly number[], theirs: readonly number[]): Compared {
  return compare(ours, theirs, (a, b) => a / b);
}

export function difference(ours: readonly number[], theirs: readonly number[]): Compared {
  return compare(ours, theirs, (a, b) => a - b);
}

function compare(ours: readonly number[], theirs: readonly number[], by: (a: number, b: number) => number): Compared {
  const pairs = ours.map((value, round) => by(value, theirs[round] ?? Number.NaN));
  return { value: by(median(ours), median(theirs)), low: Math.min(...pairs), high: Math.max(...pairs) };
}

/** The median of repeated measurements with their extremes. */
export function spread(values: readonly number[]): Compared {
  return { value: median(values), low: Math.min(...values), high: Math.max(...values) };
}
