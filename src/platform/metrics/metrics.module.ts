import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider, PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Gauge } from 'prom-client';
import { VERSION } from '../version';
import { HttpMetrics, httpMetricProviders } from './http.metrics';
import { MetricsController } from './metrics.controller';
import { MetricsGuard } from './metrics.guard';
import { MetricsListener } from './metrics-listener';

/** `/metrics`: what the process and its HTTP side measure. Rooms register their own metrics beside their services. */
@Module({})
export class MetricsModule {
  static register(): DynamicModule {
    return {
      module: MetricsModule,
      imports: [
        PrometheusModule.register({
          controller: MetricsController,
          global: true,
          defaultMetrics: { enabled: true, config: { prefix: 'zeroclaw_' } },
        }),
      ],
      providers: [
        ...httpMetricProviders,
        makeGaugeProvider({
          name: 'zeroclaw_build_info',
          help: 'Constant 1, labelled with the version of the gateway and of Node.js.',
          labelNames: ['version', 'node'],
        }),
        HttpMetrics,
        MetricsGuard,
        MetricsListener,
      ],
    };
  }

  constructor(@InjectMetric('zeroclaw_build_info') buildInfo: Gauge) {
    buildInfo.set({ version: VERSION, node: process.version }, 1);
  }
}
