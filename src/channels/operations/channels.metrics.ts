import { Injectable } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { Clock } from '../../platform/clock';
import { EventBus } from '../../platform/events/event-bus';
import '../core/channel.events';
import { ChannelHealth } from '../core/channel-health';
import { ChannelRegistry } from '../core/channel.registry';
import { LettersRepository } from './letters.repository';

const MESSAGES = 'zeroclaw_channel_messages_total';
const OUTCOMES = 'zeroclaw_channel_outcomes_total';
const REJECTED = 'zeroclaw_channel_rejected_total';
const IGNORED = 'zeroclaw_channel_ignored_total';
const AUTH_FAILURES = 'zeroclaw_webhook_auth_failures_total';
const ACK_SECONDS = 'zeroclaw_channel_ack_seconds';
const TURN_SECONDS = 'zeroclaw_channel_turn_seconds';
const DELIVERY_SECONDS = 'zeroclaw_channel_delivery_seconds';
const LONG = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

function configured(registry: ChannelRegistry): string[] {
  return registry.list().flatMap((one) => (registry.isConfigured(one) ? [one.name] : []));
}

export const channelMetricProviders = [
  makeCounterProvider({
    name: MESSAGES,
    help: 'Messages taken from platforms (inbound), and answers that a platform has confirmed (outbound).',
    labelNames: ['channel', 'direction'],
  }),
  makeCounterProvider({
    name: OUTCOMES,
    help:
      'What became of messages (inbound: received, duplicate, answered, retry, ignored_old, dead) and of answers ' +
      '(outbound: queued, sent, retry, dead).',
    labelNames: ['channel', 'direction', 'outcome'],
  }),
  makeCounterProvider({
    name: REJECTED,
    help: "Platforms' requests that were not taken, by reason.",
    labelNames: ['channel', 'reason'],
  }),
  makeCounterProvider({
    name: IGNORED,
    help: 'Parts of genuine requests that start no turn, by reason.',
    labelNames: ['channel', 'reason'],
  }),
  makeCounterProvider({
    name: AUTH_FAILURES,
    help: "Platforms' requests without a proof of where they come from.",
    labelNames: ['channel', 'signature', 'bearer'],
  }),
  makeHistogramProvider({
    name: ACK_SECONDS,
    help: "Time until a platform's request was acknowledged.",
    labelNames: ['channel'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  }),
  makeHistogramProvider({
    name: TURN_SECONDS,
    help: 'Time that the turn of an answered message took.',
    labelNames: ['channel'],
    buckets: LONG,
  }),
  makeHistogramProvider({
    name: DELIVERY_SECONDS,
    help: "Time from storing an answer to its platform's confirmation.",
    labelNames: ['channel'],
    buckets: LONG,
  }),
  makeGaugeProvider({
    name: 'zeroclaw_channel_queue_depth',
    help: 'Messages and answers by their status: what waits, what is on its way, and dead letters.',
    labelNames: ['channel', 'direction', 'status'],
    inject: [LettersRepository, ChannelRegistry],
    async collect(this: Gauge<string>, letters: LettersRepository, registry: ChannelRegistry) {
      // A database that does not answer must not cost the other figures.
      const channels = configured(registry);
      const states = await letters.states(channels).catch(() => undefined);
      if (!states) return;
      for (const channel of channels) {
        const state = states.get(channel);
        for (const status of ['received', 'running', 'dead'] as const)
          this.set({ channel, direction: 'inbound', status }, state?.inbound[status] ?? 0);
        for (const status of ['pending', 'sending', 'dead'] as const)
          this.set({ channel, direction: 'outbound', status }, state?.outbound[status] ?? 0);
      }
    },
  }),
  makeGaugeProvider({
    name: 'zeroclaw_channel_oldest_unanswered_seconds',
    help: 'Age of the oldest message that is neither answered nor given up; 0 when there is none.',
    labelNames: ['channel'],
    inject: [LettersRepository, ChannelRegistry, Clock],
    async collect(this: Gauge<string>, letters: LettersRepository, registry: ChannelRegistry, clock: Clock) {
      const channels = configured(registry);
      const states = await letters.states(channels).catch(() => undefined);
      if (!states) return;
      for (const channel of channels) {
        const since = states.get(channel)?.oldestWaitingSince;
        this.set({ channel }, since === undefined ? 0 : Math.max(0, clock.now() - since) / 1000);
      }
    },
  }),
  makeGaugeProvider({
    name: 'zeroclaw_channel_up',
    help: '1 while a configured channel works; 0 while its table is incomplete or its platform does not take answers.',
    labelNames: ['channel'],
    inject: [ChannelHealth, ChannelRegistry],
    collect(this: Gauge<string>, health: ChannelHealth, registry: ChannelRegistry) {
      this.reset();
      for (const one of registry.list().filter((candidate) => registry.isConfigured(candidate)))
        this.set({ channel: one.name }, health.statusOf(one) === 'ok' ? 1 : 0);
    },
  }),
];

/** Counts what the channels announce. Labels are registered channels and closed sets. */
@Injectable()
export class ChannelMetrics {
  constructor(
    events: EventBus,
    @InjectMetric(ACK_SECONDS) acks: Histogram,
    @InjectMetric(TURN_SECONDS) turns: Histogram,
    @InjectMetric(DELIVERY_SECONDS) deliveries: Histogram,
  ) {
    events.on('channel.acknowledged', ({ channel, seconds }) => acks.observe({ channel }, seconds));
    events.on('channel.message', ({ channel, direction, seconds }) => {
      if (seconds !== undefined) (direction === 'inbound' ? turns : deliveries).observe({ channel }, seconds);
    });
  }
}

/** The counting half. */
@Injectable()
export class ChannelCounters {
  constructor(
    events: EventBus,
    @InjectMetric(MESSAGES) messages: Counter,
    @InjectMetric(OUTCOMES) outcomes: Counter,
    @InjectMetric(REJECTED) rejected: Counter,
    @InjectMetric(AUTH_FAILURES) failures: Counter,
  ) {
    events.on('channel.message', ({ channel, direction, outcome }) => {
      outcomes.inc({ channel, direction, outcome });
      if (outcome === 'received' || outcome === 'sent') messages.inc({ channel, direction });
    });
    events.on('channel.rejected', ({ channel, reason, bearer }) => {
      rejected.inc({ channel, reason });
      if (reason === 'signature' || reason === 'replayed') failures.inc({ channel, signature: 'invalid', bearer });
      if (reason === 'unsigned') failures.inc({ channel, signature: 'missing', bearer });
    });
  }
}

/** Counts what starts no turn. */
@Injectable()
export class IgnoredCounter {
  constructor(events: EventBus, @InjectMetric(IGNORED) ignored: Counter) {
    events.on('channel.ignored', ({ channel, reason }) => ignored.inc({ channel, reason }));
  }
}
