import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { HealthService } from '../platform/health/health.service';
import { ReliabilityConfig } from '../providers/reliability.config';
import { SchedulerConfig } from './cron.config';
import './cron.events';
import { DueJobs, LATE_MS } from './due-jobs';

const TIDY_EVERY_MS = 3_600_000;
/** One-shots that have run are shown this long. */
const SPENT_SHOWN_MS = 30 * 86_400_000;

/**
 * Starts jobs when they are due: one timer, set to the next due time. It looks again when jobs change, when a run ends, and every
 * `[reliability] scheduler_poll_secs`, because other processes add jobs too and clocks jump.
 */
@Injectable()
export class Scheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Scheduler.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private awakeSince = 0;
  private lookedAt = 0;
  private tidiedAt = 0;

  constructor(
    private readonly due: DueJobs,
    private readonly events: EventBus,
    private readonly clock: Clock,
    private readonly config: ConfigService,
    private readonly health: HealthService,
  ) {}

  onApplicationBootstrap(): void {
    this.awakeSince = this.lookedAt = this.clock.now();
    this.events.on('cron.job', () => this.wake());
    this.events.on('cron.run', ({ status }) => status !== 'running' && this.wake());
    this.events.on('config.changed', ({ keys }) => keys.some(isOurs) && this.wake());
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Looks soon; a look that is under way is followed by another one. */
  wake(): void {
    void this.look();
  }

  /** Takes up what is due. Never rejects. */
  async look(): Promise<void> {
    this.again = true;
    this.looking ??= this.lookWhileAsked().finally(() => (this.looking = undefined));
    await this.looking;
  }

  private async lookWhileAsked(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      clearTimeout(this.timer);
      this.arm(await this.lookOnce());
    }
  }

  /** The next due time. */
  private async lookOnce(): Promise<number | undefined> {
    const now = this.clock.now();
    try {
      if (!this.config.get(SchedulerConfig).enabled) return undefined;
      // Frozen, or without its database, it was not there to take anything up.
      if (now - this.lookedAt > this.pollMs + LATE_MS) this.awakeSince = now;
      await this.due.takeUp(now, this.awakeSince);
      this.lookedAt = now;
      await this.tidy(now);
      this.health.report('scheduler', 'ok');
      return await this.due.nextAfter(now);
    } catch (error) {
      this.logger.warn({ err: error }, 'the scheduler could not look for due jobs and tries again');
      this.health.report('scheduler', 'error', error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private arm(next: number | undefined): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    const wait = next === undefined ? this.pollMs : Math.min(this.pollMs, Math.max(0, next - this.clock.now()));
    this.timer = setTimeout(() => this.wake(), wait).unref();
  }

  private async tidy(now: number): Promise<void> {
    if (Math.abs(now - this.tidiedAt) < TIDY_EVERY_MS) return;
    this.tidiedAt = now;
    await this.due.forgetSpent(now - SPENT_SHOWN_MS);
  }

  private get pollMs(): number {
    return this.config.get(ReliabilityConfig).scheduler_poll_secs * 1000;
  }
}

function isOurs(key: string): boolean {
  return /^(cron|scheduler|reliability\.scheduler)/.test(key);
}
