import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import { EventBus } from '../events/event-bus';
import './egress.events';

const REQUESTS = 'zeroclaw_egress_requests_total';
const REFUSED = 'zeroclaw_egress_refused_total';
const SECONDS = 'zeroclaw_egress_duration_seconds';

export const egressMetricProviders = [
  makeCounterProvider({
    name: REQUESTS,
    help: 'Calls to addresses out of conversations by purpose and outcome: answered, refused, aborted or the kind of failure.',
    labelNames: ['purpose', 'outcome'],
  }),
  makeCounterProvider({
    name: REFUSED,
    help: 'Calls that the URL policy refused, by reason.',
    labelNames: ['reason'],
  }),
  makeHistogramProvider({
    name: SECONDS,
    help: 'Time that calls to addresses out of conversations took, redirects and body included.',
    labelNames: ['purpose'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  }),
];

/** Counts guarded calls. Labels are constants of the rooms and closed sets: never a host. */
@Injectable()
export class EgressMetrics {
  constructor(
    events: EventBus,
    @InjectMetric(REQUESTS) requests: Counter,
    @InjectMetric(REFUSED) refused: Counter,
    @InjectMetric(SECONDS) seconds: Histogram,
  ) {
    events.on('egress.finished', ({ purpose, outcome, reason, durationMs }) => {
      requests.inc({ purpose, outcome });
      if (reason) refused.inc({ reason });
      seconds.observe({ purpose }, durationMs / 1000);
    });
  }
}
