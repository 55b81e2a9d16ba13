import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Clock } from '../clock';
import { ConfigService } from '../config/config.service';
import { GatewayConfig } from './gateway.config';
import { SlidingWindows } from './sliding-window';

const DEFAULT_MAX_KEYS = 10_000;

/** The throttler's storage: one bounded set of sliding windows per budget, in memory. Rejected requests are not counted. */
@Injectable()
export class RateLimitStorage implements ThrottlerStorage {
  private readonly budgets = new Map<string, SlidingWindows>();

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  async increment(key: string, _ttl: number, limit: number, _blockDuration: number, throttlerName: string) {
    let budget = this.budgets.get(throttlerName);
    if (!budget) {
      budget = new SlidingWindows(this.config.get(GatewayConfig).rate_limit_max_keys || DEFAULT_MAX_KEYS);
      this.budgets.set(throttlerName, budget);
    }
    const verdict = budget.hit(key, this.clock.now(), limit);
    return {
      totalHits: verdict.hits,
      timeToExpire: verdict.resetSeconds,
      isBlocked: !verdict.allowed,
      timeToBlockExpire: verdict.retrySeconds,
    };
  }
}
