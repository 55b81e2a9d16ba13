import { Module } from '@nestjs/common';
import { HealthService } from '../platform/health/health.service';
import { EgressModule } from '../platform/egress/egress.module';
import { ConfigService } from '../platform/config/config.service';
import { Circuits } from './circuits';
import { ModelsService } from './models.service';
import { ProviderChecks } from './provider-checks';
import { ProviderFactory } from './provider-factory';
import { CallMetrics, providerMetricProviders, ProvidersMetrics, TokenMetrics } from './providers.metrics';
import { ENVIRONMENT, ProviderRegistry } from './provider.registry';

const NOT_CONFIGURED =
  'No model provider is configured, so the built-in echo model answers: set default_provider and api_key, or an environment variable such as OPENAI_API_KEY';

/** The models room. Other rooms see its service only. */
@Module({
  imports: [EgressModule],
  providers: [
    ModelsService,
    ProviderRegistry,
    ProviderFactory,
    ProviderChecks,
    Circuits,
    ProvidersMetrics,
    CallMetrics,
    TokenMetrics,
    ...providerMetricProviders,
    { provide: ENVIRONMENT, inject: [ConfigService], useFactory: (config: ConfigService) => config.environment },
  ],
  exports: [ModelsService, ProviderChecks],
})
export class ProvidersModule {
  constructor(models: ModelsService, health: HealthService) {
    health.note(() => (models.configured ? undefined : NOT_CONFIGURED));
  }
}
