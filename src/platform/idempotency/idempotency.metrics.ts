import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { EventBus } from '../events/event-bus';
import { IDEMPOTENCY_OUTCOMES } from './idempotency.events';

const NAME = 'zeroclaw_idempotency_total';

export const idempotencyCounter = makeCounterProvider({
  name: NAME,
  help: 'Requests with an idempotency key, by what became of them.',
  labelNames: ['outcome'],
});

/** Counts what becomes of requests with an idempotency key. */
@Injectable()
export class IdempotencyMetrics implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    @InjectMetric(NAME) private readonly counter: Counter<'outcome'>,
  ) {}

  onModuleInit(): void {
    // So that a rate over an outcome that has not happened yet is zero and not absent.
    for (const outcome of IDEMPOTENCY_OUTCOMES) this.counter.inc({ outcome }, 0);
    this.events.on('idempotency.outcome', ({ outcome }) => this.counter.inc({ outcome }));
  }
}
