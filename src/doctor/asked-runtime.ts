import { Injectable } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { Egress } from '../platform/egress/egress';
import type { ComponentHealth } from '../platform/health/health.service';
import { GatewayConfig } from '../platform/http/gateway.config';
import { originOf } from '../platform/http/listen-address';
import { localTarget } from '../tunnel/tunnel-programs';
import { Runtime } from './runtime';

const LIMIT_MS = 3_000;

/** A gateway in another process, by its public `/health` at the configured address. */
@Injectable()
export class AskedRuntime extends Runtime {
  constructor(
    private readonly config: ConfigService,
    private readonly egress: Egress,
  ) {
    super();
  }

  async components(signal: AbortSignal): Promise<Readonly<Record<string, ComponentHealth>> | undefined> {
    const { host, port } = this.config.get(GatewayConfig);
    const origin = originOf(localTarget(host, port).host, port);
    const limits = { answerTimeout: LIMIT_MS, idleTimeout: LIMIT_MS, signal };
    try {
      const answer = await this.egress.request({ origin, path: '/health', method: 'GET', headers: {}, ...limits });
      const { runtime } = JSON.parse(await answer.body.text(256 * 1024)) as {
        runtime?: { components?: Record<string, ComponentHealth> };
      };
      return runtime?.components;
    } catch {
      return undefined;
    }
  }
}
