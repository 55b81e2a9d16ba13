import type { Counter } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** What was counted under one set of labels since the last scrape. */
export class CounterSeries {
  pending = 0;

  constructor(readonly labels: Labels) {}

  inc(by = 1): void {
    this.pending += by;
  }
}

/**
 * Series of a counter for what happens on every request: a plain number, handed to `counter` when somebody asks for it, because the
 * library builds a key out of the labels every time. Keep what this gives; every call makes a series of its own.
 */
export function counterSeries(counter: Counter): (labels: Labels) => CounterSeries {
  const all: CounterSeries[] = [];
  const collect = () => {
    for (const series of all) {
      if (series.pending > 0) counter.inc(series.labels, series.pending);
      series.pending = 0;
    }
  };
  // The library calls it before it reads the counter; only its types leave it out.
  Object.assign(counter, { collect });
  return (labels) => {
    const series = new CounterSeries(labels);
    all.push(series);
    return series;
  };
}
