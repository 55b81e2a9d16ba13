import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { dayOf } from './budget-calendar';
import { CostBooks } from './cost-books';
import { CostConfig } from './cost.config';
import { ModelExperience } from './model-experience';
import { UsageRepository } from './usage.repository';

const EVERY_MS = 20_000;
const DAY_MS = 86_400_000;
const KEEP_SUMS_DAYS = 800;
/** Rows per statement, so that nobody waits long for the database. */
const BATCH = 500;

/** Keeps the books in order: renews the reservations of this process, books those of dead ones, forgets what is old. */
@Injectable()
export class CostUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(CostUpkeep.name);
  private timer: NodeJS.Timeout | undefined;
  private tidiedAt: number | undefined;

  constructor(
    private readonly books: CostBooks,
    private readonly repository: UsageRepository,
    private readonly experience: ModelExperience,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.run(), EVERY_MS).unref();
    await this.run({ alone: true });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @param alone no other process can be at work on an embedded database: whatever runs there belongs to one that died */
  async run({ alone = false } = {}): Promise<void> {
    if (!this.config.get(CostConfig).enabled) return;
    try {
      await this.books.renew();
      await this.books.bookAbandoned(alone);
      await this.tidy();
    } catch (error) {
      this.logger.warn({ err: error }, 'the upkeep of the cost books failed and is tried again');
    }
  }

  /** Once an hour. */
  private async tidy(): Promise<void> {
    const now = this.clock.now();
    if (this.tidiedAt !== undefined && Math.abs(now - this.tidiedAt) < 3_600_000) return;
    this.tidiedAt = now;
    await this.experience.load();
    const { retention_days: days } = this.config.get(CostConfig);
    const before = dayOf(now - days * DAY_MS);
    while ((await this.repository.forgetCalls(before, BATCH)) === BATCH);
    await this.repository.forgetDays(dayOf(now - KEEP_SUMS_DAYS * DAY_MS));
  }
}
