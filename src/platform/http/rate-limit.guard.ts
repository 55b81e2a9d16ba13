import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { InjectThrottlerOptions, InjectThrottlerStorage, ThrottlerGuard } from '@nestjs/throttler';
import type { ThrottlerModuleOptions, ThrottlerStorage } from '@nestjs/throttler';
import { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { EventBus } from '../events/event-bus';
import { GatewayConfig } from './gateway.config';
import { RATE_LIMIT } from './marks';
import type { RateLimitMark, RateLimitName } from './marks';
import type { GatewayRequest } from './principal';

declare module '../events/event-bus' {
  interface GatewayEvents {
    'rate_limit.hit': { limit: RateLimitName };
  }
}

const WINDOW_MS = 60_000;

/**
 * Counts routes that carry `@RateLimit` against the client's budget; 429 with the true waiting time when it is used up.
 * Answers carry `RateLimit-Policy` and `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers).
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  private readonly marks = new WeakMap<object, { mark: RateLimitMark | undefined }>();

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly config: ConfigService,
    private readonly events: EventBus,
  ) {
    super(options, storage, reflector);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const mark = this.markOf(context.getHandler());
    if (!mark || context.getType() !== 'http') return true;
    const limit = this.limitOf(mark.name);
    if (limit === 0) return true;
    const http = context.switchToHttp();
    const key = http.getRequest<GatewayRequest>().clientKey;
    const record = await this.storageService.increment(key, WINDOW_MS, limit, 0, mark.name);
    const response = http.getResponse<ServerResponse>();
    const remaining = Math.max(0, limit - record.totalHits);
    response.setHeader('RateLimit-Policy', `"${mark.name}";q=${limit};w=60`);
    response.setHeader('RateLimit', `"${mark.name}";r=${remaining};t=${record.timeToExpire}`);
    if (!record.isBlocked) return true;
    this.events.emit('rate_limit.hit', { limit: mark.name });
    throw new AppError(429, 'rate_limit.exceeded', mark.message, { retryAfter: record.timeToBlockExpire });
  }

  private markOf(handler: ReturnType<ExecutionContext['getHandler']>): RateLimitMark | undefined {
    let known = this.marks.get(handler);
    if (!known) {
      known = { mark: this.reflector.get<RateLimitMark | undefined>(RATE_LIMIT, handler) };
      this.marks.set(handler, known);
    }
    return known.mark;
  }

  private limitOf(name: RateLimitName): number {
    const gateway = this.config.get(GatewayConfig);
    return name === 'pair' ? gateway.pair_rate_limit_per_minute : gateway.webhook_rate_limit_per_minute;
  }
}
