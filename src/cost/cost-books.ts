import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock';
import type { BookedCall, CallSink, MadeCall } from './booked-call';
import { BudgetWatch } from './budget-watch';
import { ModelExperience } from './model-experience';
import type { UsageRow } from './cost.tables';
import { UsageRepository } from './usage.repository';
import { abandoned, UsageRows } from './usage-rows';

const FLUSH_AFTER_MS = 200;
const TRY_AGAIN_AFTER_MS = 2_000;
/** What waits for a database that does not answer; beyond, the oldest are given up and the log says so. */
const MOST_WAITING = 20_000;
const LEASE_MS = 60_000;

/**
 * Writes down what was called, in batches and off the hot path. A call that runs for longer than a batch has its reservation in the database
 * by then, so that a process which dies leaves an estimate behind and no money is free again.
 */
@Injectable()
export class CostBooks implements CallSink, BeforeApplicationShutdown {
  /** Asked after every write, when money may have become free. */
  onSettled: (() => void) | undefined;
  private readonly logger = new Logger(CostBooks.name);
  private readonly instance = randomUUID();
  private readonly running = new Map<string, BookedCall>();
  private unwritten: MadeCall[] = [];
  private released: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: UsageRepository,
    private readonly rows: UsageRows,
    private readonly watch: BudgetWatch,
    private readonly experience: ModelExperience,
    private readonly clock: Clock,
  ) {}

  /** Until when a reservation made or renewed now counts as that of a living process. */
  lease(): { instance: string; until: number } {
    return { instance: this.instance, until: this.clock.now() + LEASE_MS };
  }

  /** Follows a call from now on. */
  follow(call: BookedCall): void {
    this.running.set(call.id, call);
    if (!call.reserved) this.soon();
  }

  made(made: MadeCall): void {
    this.unwritten.push(made);
    // Somebody may be waiting for what is set aside.
    if (made.reserved) void this.flush();
    else this.soon();
  }

  closed(call: BookedCall): void {
    this.running.delete(call.id);
    if (!call.reserved) return;
    this.released.push(call.id);
    void this.flush();
  }

  /** Resolves when everything that was made so far is in the database, or could not be written. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Tells other processes that this one lives. */
  async renew(): Promise<void> {
    const { instance, until } = this.lease();
    if (this.running.size > 0) await this.repository.renew(instance, until);
  }

  /** Books calls whose process has died as they were expected to be. */
  async bookAbandoned(alone: boolean): Promise<void> {
    const now = alone && this.repository.isEmbedded ? Number.MAX_SAFE_INTEGER : this.clock.now();
    const records = await this.repository.bookAbandoned(now, this.instance, abandoned);
    if (records.length > 0)
      this.logger.warn(`${records.length} model calls of a process that died are booked as they were expected to be`);
    await this.watch.recorded(records);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  private soon(milliseconds = FLUSH_AFTER_MS): void {
    this.timer ??= setTimeout(() => void this.flush(), milliseconds).unref();
  }

  private async write(): Promise<void> {
    const [made, released] = [this.unwritten, this.released];
    const fresh = [...this.running.values()].filter((call) => !call.reserved);
    if (made.length + released.length + fresh.length === 0) return;
    [this.unwritten, this.released] = [[], []];
    try {
      const records = await this.settle(made, released, fresh);
      this.keepTrack(fresh);
      for (const record of records) this.experience.learn(record);
      if (records.length > 0) await this.watch.recorded(records);
    } catch (error) {
      this.putBack(made, released, error);
    }
    this.onSettled?.();
  }

  private async settle(made: MadeCall[], released: string[], fresh: BookedCall[]): Promise<UsageRow[]> {
    await this.rows.load();
    const records = made.map((call) => this.rows.record(call));
    const lease = this.lease();
    const opened = fresh.map((call) => this.rows.reservation(call, lease));
    await this.repository.settle(records, released, opened);
    return records;
  }

  private keepTrack(reserved: readonly BookedCall[]): void {
    for (const call of reserved) {
      call.reserved = true;
      if (this.running.has(call.id)) continue;
      // It ended while its reservation was being written.
      this.released.push(call.id);
      this.soon();
    }
  }

  private putBack(made: MadeCall[], released: string[], error: unknown): void {
    this.logger.warn({ err: error }, `${made.length} model calls could not be written to the books, trying again`);
    this.unwritten = [...made, ...this.unwritten];
    this.released = [...released, ...this.released];
    const lost = this.unwritten.splice(0, Math.max(0, this.unwritten.length - MOST_WAITING));
    if (lost.length > 0) this.logger.error(`${lost.length} model calls are missing in the books for good`);
    this.released.splice(0, Math.max(0, this.released.length - MOST_WAITING));
    this.soon(TRY_AGAIN_AFTER_MS);
  }
}
