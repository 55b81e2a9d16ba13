import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { register } from 'prom-client';
import { Documented } from '../api-doc/documented';
import { ConfigService } from '../config/config.service';
import { Public } from '../http/marks';
import { MetricsGuard } from './metrics.guard';
import { ObservabilityConfig } from './observability.config';

const OFF = '# metrics are off: set [observability] backend = "prometheus" in config.toml\n';

/** Prometheus text exposition (format 0.0.4). */
@Controller('metrics')
@Documented(() => require('./metrics.openapi') as typeof import('./metrics.openapi'))
export class MetricsController {
  constructor(private readonly config: ConfigService) {}

  @Get()
  @Public()
  @UseGuards(MetricsGuard)
  @Header('Content-Type', register.contentType)
  exposition(): Promise<string> | string {
    return this.config.get(ObservabilityConfig).backend === 'prometheus' ? register.metrics() : OFF;
  }
}
