import { Module } from '@nestjs/common';
import { EgressModule } from '../platform/egress/egress.module';
import { processEnvironment } from '../platform/environment';
import { Circuits } from './circuits';
import { ModelsService } from './models.service';
import { ProviderFactory } from './provider-factory';
import { CallMetrics, providerMetricProviders, ProvidersMetrics, TokenMetrics } from './providers.metrics';
import { ENVIRONMENT, ProviderRegistry } from './provider.registry';

/** The models room. Other rooms see its service only. */
@Module({
  imports: [EgressModule],
  providers: [
    ModelsService,
    ProviderRegistry,
    ProviderFactory,
    Circuits,
    ProvidersMetrics,
    CallMetrics,
    TokenMetrics,
    ...providerMetricProviders,
    { provide: ENVIRONMENT, useValue: processEnvironment },
  ],
  exports: [ModelsService],
})
export class ProvidersModule {}
