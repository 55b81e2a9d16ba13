import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { register } from 'prom-client';
import { ConfigService } from '../config/config.service';
import { Public } from '../http/marks';
import { MetricsGuard } from './metrics.guard';
import { ObservabilityConfig } from './observability.config';

const OFF = '# metrics are off: set [observability] backend = "prometheus" in config.toml\n';

/** Prometheus text exposition (format 0.0.4). */
@Controller('metrics')
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
