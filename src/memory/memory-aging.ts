import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AgingRepository } from './aging.repository';
import { MemoryConfig } from './memory.config';

const DAY_MS = 86_400_000;
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;
/** Entries per transaction, and the time others get between two of them. */
const BATCH = 200;
const PAUSE_MS = 20;

/** Archives and deletes old entries as `[memory]` says, soon after the start and then every hour, in small steps. */
@Injectable()
export class MemoryAging implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MemoryAging.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly repository: AgingRepository,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule(FIRST_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Works until nothing is old any more. Never rejects; what failed is tried again next time. */
  run(): Promise<void> {
    this.running ??= this.work().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async work(): Promise<void> {
    const { hygiene_enabled: enabled, ...days } = this.config.get(MemoryConfig);
    if (!enabled) return;
    const now = this.clock.now();
    try {
      await this.each(days.archive_after_days, (before) => this.repository.archiveDaily(before, now, BATCH));
      await this.each(days.purge_after_days, (before) => this.repository.purgeArchived(before, BATCH));
      await this.each(days.conversation_retention_days, (before) => this.repository.deleteConversation(before, BATCH));
    } catch (error) {
      this.logger.warn({ err: error }, 'old entries of the memory could not be cleared away; tried again later');
    }
  }

  private async each(days: number, batch: (before: number) => Promise<number>): Promise<void> {
    if (days === 0) return;
    const before = this.clock.now() - days * DAY_MS;
    while (!this.stopped && (await batch(before)) === BATCH) await pause(PAUSE_MS);
  }

  private schedule(delay: number): void {
    this.timer = setTimeout(() => void this.run().then(() => this.stopped || this.schedule(EVERY_MS)), delay).unref();
  }
}
