import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Clock } from '../clock';
import type { Claim } from './idempotency.store';
import { IdempotencyStore } from './idempotency.store';

/** A claim that was not renewed for this long belongs to a process that died. */
const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;

/** Keeps the claims of running requests alive, however long they run, and lets those of a dead process lapse. */
@Injectable()
export class ClaimLeases implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(ClaimLeases.name);
  private readonly held = new Set<Claim>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.store.releaseOrphans();
  }

  /** Until when a claim made or renewed now counts. */
  until(): number {
    return this.clock.now() + LEASE_MS;
  }

  hold(claim: Claim): void {
    this.held.add(claim);
    this.timer ??= setInterval(() => void this.renew(), RENEW_EVERY_MS).unref();
  }

  letGo(claim: Claim): void {
    this.held.delete(claim);
    if (this.held.size === 0) this.onApplicationShutdown();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async renew(): Promise<void> {
    try {
      await this.store.renew([...this.held], this.until());
    } catch (error) {
      this.logger.warn({ err: error }, 'the claims of running requests could not be renewed, trying again');
    }
  }
}
