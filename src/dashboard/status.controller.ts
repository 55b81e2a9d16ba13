import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Documented } from '../platform/api-doc/documented';
import { HealthService } from '../platform/health/health.service';
import { Scopes } from '../platform/http/marks';
import { TokenVerifier } from '../platform/http/token-verifier';
import { VERSION } from '../platform/version';
import { TunnelState } from '../tunnel/tunnel-state';
import { AgentStatus } from './agent-status';

/** What the gateway is doing, in one look. */
@Controller('api/status')
@Documented(() => require('./status.openapi') as typeof import('./status.openapi'))
export class StatusController {
  constructor(
    private readonly agent: AgentStatus,
    private readonly tokens: TokenVerifier,
    private readonly health: HealthService,
    private readonly http: HttpAdapterHost,
    private readonly tunnel: TunnelState,
  ) {}

  @Get()
  @Scopes('read')
  status() {
    return {
      version: VERSION,
      ...this.agent.describe(),
      uptime_seconds: Math.floor(process.uptime()),
      gateway_port: this.boundPort(),
      locale: 'en',
      paired: this.tokens.hasTokens(),
      tunnel: this.tunnel.view,
      warnings: this.health.warnings,
      health: this.health.snapshot(),
    };
  }

  private boundPort(): number | null {
    const address = (this.http.httpAdapter.getHttpServer() as Server).address() as AddressInfo | null;
    return address?.port ?? null;
  }
}
