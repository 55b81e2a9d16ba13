import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { BearerGuard } from '../http/bearer.guard';
import { isDirectLoopback } from '../http/client-address';
import type { GatewayRequest } from '../http/principal';

/** `/metrics` is for token holders of any scope, and for scrapers on this machine that no proxy stands in front of. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly bearer: BearerGuard) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<GatewayRequest>();
    if (!isDirectLoopback(request)) request.principal = this.bearer.authenticate(request);
    return true;
  }
}
