import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { RunBooks } from './run-books';
import { RunRepository } from './run.repository';
import { RunsConfig } from './runs.config';
import { RunsService } from './runs.service';

const EVERY_MS = 20_000;
const TIDY_EVERY_MS = 3_600_000;
/** Rows per statement, so that nobody waits long for the database. */
const BATCH = 500;

/** Keeps the runs in order: tells other processes that this one lives, ends runs of those that died, forgets what is old. */
@Injectable()
export class RunUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RunUpkeep.name);
  private timer: NodeJS.Timeout | undefined;
  private tidiedAt = 0;

  constructor(
    private readonly books: RunBooks,
    private readonly repository: RunRepository,
    private readonly runs: RunsService,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.run(), EVERY_MS).unref();
    await this.run({ alone: this.repository.isEmbedded });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @param alone no other process can be at work on this database: whatever runs there belongs to one that died */
  async run({ alone = false } = {}): Promise<void> {
    try {
      if (alone) await this.repository.abandonOthers(this.books.instance);
      await this.books.renew();
      const ended = await this.repository.interruptAbandoned(this.clock.now());
      if (ended > 0) this.logger.warn(`${ended} runs of a process that died are interrupted`);
      await this.runs.takeOver();
      await this.tidy();
    } catch (error) {
      this.logger.warn({ err: error }, 'the upkeep of runs failed and is tried again');
    }
  }

  /** Once an hour. */
  private async tidy(): Promise<void> {
    const now = this.clock.now();
    if (now - this.tidiedAt < TIDY_EVERY_MS) return;
    this.tidiedAt = now;
    const before = now - this.config.get(RunsConfig).retention_days * 86_400_000;
    while ((await this.repository.forget(before, BATCH)) === BATCH);
  }
}
