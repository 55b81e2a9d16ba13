import { Controller, Get } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { HealthService } from '../platform/health/health.service';
import { Scopes } from '../platform/http/marks';

/** `GET /api/health`: the parts of the gateway and how they do, for the dashboard. */
@Controller('api/health')
@Documented(() => require('./api-health.openapi') as typeof import('./api-health.openapi'))
export class ApiHealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @Scopes('read')
  show() {
    return { health: this.health.snapshot() };
  }
}
