import { Injectable, Logger } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { Clock } from '../platform/clock';
import { EventBus } from '../platform/events/event-bus';
import { MEMORY_OPERATIONS, MEMORY_OUTCOMES } from './memory.events';
import { MemoryRepository } from './memory.repository';

const OPERATIONS = 'zeroclaw_memory_operations_total';
const RECALL_DURATION = 'zeroclaw_memory_recall_duration_seconds';
const ENTRIES = 'zeroclaw_memory_entries';
const COUNTED_EVERY_MS = 60_000;

/** Counting reads an index from end to end, so a scrape does it at most once a minute. */
@Injectable()
export class EntryCount {
  private readonly logger = new Logger(EntryCount.name);
  private countedAt = Number.NEGATIVE_INFINITY;
  private last = 0;

  constructor(
    private readonly repository: MemoryRepository,
    private readonly clock: Clock,
  ) {}

  async current(): Promise<number> {
    if (this.clock.now() - this.countedAt < COUNTED_EVERY_MS) return this.last;
    this.countedAt = this.clock.now();
    try {
      this.last = await this.repository.count();
    } catch (error) {
      this.logger.warn({ err: error }, 'the entries of the memory could not be counted');
    }
    return this.last;
  }
}

export const memoryMetrics = [
  makeCounterProvider({
    name: OPERATIONS,
    help: 'Uses of the memory by operation (remember, recall, forget, list) and outcome (ok, error).',
    labelNames: ['op', 'outcome'],
  }),
  makeHistogramProvider({
    name: RECALL_DURATION,
    help: 'Time until the memory has answered a question, the embedding of the question included.',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  }),
  makeGaugeProvider({
    name: ENTRIES,
    help: 'Entries in the memory, archived ones included; counted at most once a minute.',
    inject: [EntryCount],
    async collect(this: Gauge<string>, entries: EntryCount) {
      this.set(await entries.current());
    },
  }),
];

/** Counts what the room announces. */
@Injectable()
export class MemoryMetrics {
  constructor(
    @InjectMetric(OPERATIONS) operations: Counter<string>,
    @InjectMetric(RECALL_DURATION) recall: Histogram<string>,
    events: EventBus,
  ) {
    for (const op of MEMORY_OPERATIONS) for (const outcome of MEMORY_OUTCOMES) operations.inc({ op, outcome }, 0);
    events.on('memory.used', ({ operation: op, outcome, durationMs }) => {
      operations.inc({ op, outcome });
      if (op === 'recall') recall.observe(durationMs / 1000);
    });
  }
}
