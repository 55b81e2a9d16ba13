import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock';
import { ConfigService } from '../config/config.service';
import { GatewayConfig } from '../http/gateway.config';
import { IdempotencyStore } from './idempotency.store';

/** More than one, so that expired rows vanish faster than new ones come. */
const EXPIRED_PER_CALL = 20;
/** Other replicas add rows as well, so what is known is checked now and then. */
const RECOUNT_EVERY = 500;
const DEFAULT_MAX_KEYS = 10_000;

/**
 * Holds the number of kept answers at `idempotency_max_keys`; the oldest ones make room, running requests never do.
 * Works off the request's path and in small steps: a call costs one look into an index, and rows are counted only once in many calls.
 */
@Injectable()
export class KeyLimit implements OnApplicationShutdown {
  private readonly logger = new Logger(KeyLimit.name);
  /** At most this many rows exist, as far as this process knows. */
  private known = Infinity;
  private sinceCount = 0;
  private work: Promise<void> | undefined;
  private waiting = 0;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {}

  /** Tells that a row was added; returns at once. */
  added(): void {
    this.waiting += 1;
    this.work ??= this.makeRoom();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work;
  }

  private async makeRoom(): Promise<void> {
    try {
      while (this.waiting > 0) {
        const added = this.waiting;
        this.waiting = 0;
        const expired = await this.store.removeExpired(this.clock.now(), EXPIRED_PER_CALL + added);
        await this.account(added - expired);
      }
    } catch (error) {
      this.known = Infinity;
      this.logger.warn(
        { err: error },
        'old idempotency keys could not be cleared away, trying again with the next one',
      );
    } finally {
      this.work = undefined;
    }
  }

  private async account(change: number): Promise<void> {
    const max = this.config.get(GatewayConfig).idempotency_max_keys || DEFAULT_MAX_KEYS;
    this.known += change;
    this.sinceCount += 1;
    if (this.known <= max && this.sinceCount < RECOUNT_EVERY) return;
    this.known = await this.store.count();
    this.sinceCount = 0;
    const excess = this.known - max;
    // A little more than needed, so that a full table is not counted anew for every single key.
    if (excess > 0) this.known -= await this.store.removeOldest(excess + Math.floor(max / 100));
  }
}
