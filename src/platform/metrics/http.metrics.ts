import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { FALLBACK_ROUTE } from '../http/allowed-methods';
import { RequestTracker } from '../http/request-tracker';
import { counterSeries } from './counter-series';
import type { CounterSeries } from './counter-series';
import { makeSeriesHistogramProvider, SeriesHistogram } from './series-histogram';
import type { HistogramSeries } from './series-histogram';

const FALLBACK = `/${FALLBACK_ROUTE}`;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export const httpMetricProviders = [
  makeCounterProvider({
    name: 'zeroclaw_http_requests_total',
    help: 'HTTP requests by method, route template and status; 499 is a client that left.',
    labelNames: ['method', 'route', 'status'],
  }),
  makeSeriesHistogramProvider({
    name: 'zeroclaw_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  }),
  makeGaugeProvider({ name: 'zeroclaw_http_requests_in_flight', help: 'HTTP requests being served now.' }),
  makeCounterProvider({
    name: 'zeroclaw_rate_limit_hits_total',
    help: 'Requests refused because a budget was used up.',
    labelNames: ['limit'],
  }),
];

interface RouteSeries {
  duration: HistogramSeries;
  counters: Map<number, CounterSeries>;
}

/** Counts requests when their answer ends. Labels are closed: known methods, route templates, statuses. */
@Injectable()
export class HttpMetrics {
  private readonly series = new Map<string, Map<string, RouteSeries>>();
  private readonly total: ReturnType<typeof counterSeries>;

  constructor(
    @InjectMetric('zeroclaw_http_requests_total') total: Counter,
    @InjectMetric('zeroclaw_http_request_duration_seconds')
    private readonly duration: SeriesHistogram<'method' | 'route'>,
    @InjectMetric('zeroclaw_http_requests_in_flight') inFlight: Gauge,
    @InjectMetric('zeroclaw_rate_limit_hits_total') limited: Counter,
    requests: RequestTracker,
    events: EventBus,
  ) {
    this.total = counterSeries(total);
    Object.assign(inFlight, { collect: () => inFlight.set(requests.inFlight) });
    events.on('rate_limit.hit', ({ limit }) => limited.inc({ limit }));
    requests.observe((request, response, seconds) => {
      const path = (request as { route?: { path?: unknown } }).route?.path;
      const status = response.writableFinished ? response.statusCode : 499;
      // What not even the page has an answer for went past its route, which is at every path.
      const route = typeof path !== 'string' || (status === 404 && path === FALLBACK) ? 'unmatched' : path;
      this.count(request.method ?? '', route, status, seconds);
    });
  }

  private count(rawMethod: string, route: string, status: number, seconds: number): void {
    // Unknown methods are the caller's text: never remembered.
    const { duration, counters } = this.seriesOf(METHODS.has(rawMethod) ? rawMethod : 'OTHER', route);
    duration.observe(seconds);
    let counter = counters.get(status);
    if (!counter) {
      counter = this.total({ ...duration.labels, status: String(status) });
      counters.set(status, counter);
    }
    counter.inc();
  }

  private seriesOf(method: string, route: string): RouteSeries {
    let methods = this.series.get(route);
    if (!methods) {
      methods = new Map();
      this.series.set(route, methods);
    }
    let series = methods.get(method);
    if (!series) {
      series = { duration: this.duration.labels({ method, route }), counters: new Map() };
      methods.set(method, series);
    }
    return series;
  }
}
