import { Injectable } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { Counter, Gauge, Histogram } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { FALLBACK_ROUTE } from '../http/allowed-methods';
import { RequestTracker } from '../http/request-tracker';

const FALLBACK = `/${FALLBACK_ROUTE}`;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export const httpMetricProviders = [
  makeCounterProvider({
    name: 'zeroclaw_http_requests_total',
    help: 'HTTP requests by method, route template and status; 499 is a client that left.',
    labelNames: ['method', 'route', 'status'],
  }),
  makeHistogramProvider({
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
  duration: Histogram.Internal<'method' | 'route'>;
  counters: Map<number, Counter.Internal>;
}

/** Counts requests when their answer ends. Labels are closed: known methods, route templates, statuses. */
@Injectable()
export class HttpMetrics {
  private readonly series = new Map<string, RouteSeries>();

  constructor(
    @InjectMetric('zeroclaw_http_requests_total') private readonly total: Counter,
    @InjectMetric('zeroclaw_http_request_duration_seconds') private readonly duration: Histogram<'method' | 'route'>,
    @InjectMetric('zeroclaw_http_requests_in_flight') inFlight: Gauge,
    @InjectMetric('zeroclaw_rate_limit_hits_total') limited: Counter,
    requests: RequestTracker,
    events: EventBus,
  ) {
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
    const key = rawMethod + route;
    let series = this.series.get(key);
    const method = METHODS.has(rawMethod) ? rawMethod : 'OTHER';
    if (!series) {
      series = { duration: this.duration.labels({ method, route }), counters: new Map() };
      // Unknown methods are the caller's text: never remembered.
      if (method !== 'OTHER') this.series.set(key, series);
    }
    series.duration.observe(seconds);
    let counter = series.counters.get(status);
    if (!counter) {
      counter = this.total.labels({ method, route, status: String(status) });
      series.counters.set(status, counter);
    }
    counter.inc();
  }
}
