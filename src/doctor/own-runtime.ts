import { Injectable } from '@nestjs/common';
import { HealthService } from '../platform/health/health.service';
import type { ComponentHealth } from '../platform/health/health.service';
import { Runtime } from './runtime';

/** This very process. */
@Injectable()
export class OwnRuntime extends Runtime {
  constructor(private readonly health: HealthService) {
    super();
  }

  components(): Promise<Readonly<Record<string, ComponentHealth>>> {
    return Promise.resolve(this.health.snapshot().components);
  }
}
