import { Counter, Histogram, Registry } from 'prom-client';
import type { Metric } from 'prom-client';
import { counterSeries } from '../../../../src/platform/metrics/counter-series';
import { SeriesHistogram } from '../../../../src/platform/metrics/series-histogram';

const options = {
  name: 'zeroclaw_wait_seconds',
  help: 'How long it took.',
  labelNames: ['door', 'route'] as const,
  buckets: [0.005, 0.1, 2.5],
};

/** The lines of a scrape without their order, which means nothing. */
const lines = async (registry: Registry) => (await registry.metrics()).split('\n').filter(Boolean).sort();

describe('a histogram of series', () => {
  const values = [0, 0.005, 0.0051, 0.1, 0.7, 2.5, 2.6, 400, 1e-9];

  it('reads like the one of the library', async () => {
    const theirs = new Registry();
    const library = new Histogram({ ...options, labelNames: [...options.labelNames], registers: [theirs] });
    const ours = new Registry();
    const histogram = new SeriesHistogram(options);
    ours.registerMetric(histogram as unknown as Metric);

    for (const route of ['/a', '/b "quoted"']) {
      const series = histogram.labels({ door: 'api', route });
      for (const value of values) {
        series.observe(value);
        library.observe({ door: 'api', route }, value);
      }
    }

    expect(sortedLabels(await lines(ours))).toEqual(sortedLabels(await lines(theirs)));
  });

  it('gives one series for one set of labels, whatever their order', () => {
    const histogram = new SeriesHistogram(options);
    const series = histogram.labels({ door: 'api', route: '/a' });
    expect(histogram.labels({ route: '/a', door: 'api' })).toBe(series);
    expect(histogram.labels({ door: 'api', route: '/b' })).not.toBe(series);
  });

  it('has nothing to say before anything was seen', async () => {
    expect((await new SeriesHistogram(options).get()).values).toEqual([]);
  });
});

describe('the series of a counter', () => {
  it('is counted once, with what was counted directly, at every scrape', async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: 'calls_total',
      help: 'Calls.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    const series = counterSeries(counter)({ outcome: 'ok' });
    series.inc();
    series.inc(4);
    counter.inc({ outcome: 'ok' }, 10);
    counter.inc({ outcome: 'failed' });

    expect(await lines(registry)).toContain('calls_total{outcome="ok"} 15');
    expect(await lines(registry)).toContain('calls_total{outcome="ok"} 15');
    series.inc();
    expect(await lines(registry)).toContain('calls_total{outcome="ok"} 16');
    expect(await lines(registry)).toContain('calls_total{outcome="failed"} 1');
  });

  it('is not there before it was counted', async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: 'calls_total',
      help: 'Calls.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    counterSeries(counter)({ outcome: 'ok' });
    expect((await registry.metrics()).split('\n').filter((line) => line.startsWith('calls_total'))).toEqual([]);
  });
});

/** Neither does the order of labels mean anything. */
function sortedLabels(text: string[]): string[] {
  return text.map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`));
}
