import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { EventBus } from '../../platform/events/event-bus';
import './feed.events';

const SUBSCRIBERS = 'zeroclaw_event_subscribers';
const GAPS = 'zeroclaw_event_gaps_total';

export const feedMetricProviders = [
  makeGaugeProvider({ name: SUBSCRIBERS, help: 'Clients that listen to the live feed.' }),
  makeCounterProvider({
    name: GAPS,
    help: 'Clients of the live feed that missed events: evicted from the buffer, or of an other_process.',
    labelNames: ['reason'],
  }),
];

/** Counts who listens to the feed and who fell behind. */
@Injectable()
export class FeedMetrics {
  constructor(events: EventBus, @InjectMetric(SUBSCRIBERS) subscribers: Gauge, @InjectMetric(GAPS) gaps: Counter) {
    events.on('feed.subscribers', ({ count }) => subscribers.set(count));
    events.on('feed.gap', ({ reason }) => gaps.inc({ reason }));
  }
}
