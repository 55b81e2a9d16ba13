import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Documented } from '../api-doc/documented';
import { ConfigService } from '../config/config.service';
import { GatewayConfig } from '../http/gateway.config';
import { Public } from '../http/marks';
import { TokenVerifier } from '../http/token-verifier';
import { Lifecycle } from '../lifecycle/lifecycle';
import { HealthService } from './health.service';

/** Public health: a summary for people, `live` and `ready` for the cluster. */
@Controller('health')
@Documented(() => require('./health.openapi') as typeof import('./health.openapi'))
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly lifecycle: Lifecycle,
    private readonly tokens: TokenVerifier,
    private readonly config: ConfigService,
  ) {}

  @Get()
  summary() {
    return {
      status: 'ok',
      paired: this.tokens.hasTokens(),
      require_pairing: this.config.get(GatewayConfig).require_pairing,
      warnings: this.health.warnings,
      runtime: this.health.snapshot(),
    };
  }

  /** 200 while the process serves requests at all; a restart is the cure when it does not. */
  @Get('live')
  @HttpCode(200)
  live() {
    return { status: 'ok' };
  }

  /** 200 when new work is welcome, 503 while starting, while draining, or without its database. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response) {
    const required = await this.health.checkRequired();
    const ready = required && this.lifecycle.state === 'ready';
    response.status(ready ? 200 : 503);
    return {
      status: ready ? 'ok' : 'unavailable',
      state: this.lifecycle.state,
      components: this.health.snapshot().components,
    };
  }
}
