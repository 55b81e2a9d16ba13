import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../errors/app-error';
import { RATE_LIMIT } from '../http/marks';
import { Lifecycle } from './lifecycle';

/** While the gateway stops, routes that would start work (those with a budget) answer 503; looking at it still works. */
@Injectable()
export class DrainGuard implements CanActivate {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.lifecycle.state !== 'draining' || context.getType() !== 'http') return true;
    if (this.reflector.get<unknown>(RATE_LIMIT, context.getHandler()) === undefined) return true;
    throw new AppError(
      503,
      'gateway.draining',
      'The gateway is stopping; send the request again, another replica or the restarted gateway will take it',
      {
        retryAfter: 1,
        headers: { Connection: 'close' },
      },
    );
  }
}
