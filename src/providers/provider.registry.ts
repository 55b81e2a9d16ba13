import { Inject, Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import type { Environment } from '../platform/environment';
import { Circuits } from './circuits';
import { ModelDirectory } from './model-directory';
import { ModelsConfig } from './models.config';
import { ProviderFactory } from './provider-factory';
import { ReliabilityConfig } from './reliability.config';

/** The process environment, passed in for the providers' key variables. */
export const ENVIRONMENT = Symbol('providers:environment');

/** Keeps the directory of models in step with the configuration: a changed one acts on the next call. */
@Injectable()
export class ProviderRegistry {
  private readonly logger = new Logger(ProviderRegistry.name);
  private models: Readonly<ModelsConfig> | undefined;
  private reliability: Readonly<ReliabilityConfig> | undefined;
  private directory: ModelDirectory | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly factory: ProviderFactory,
    private readonly circuits: Circuits,
    @Inject(ENVIRONMENT) private readonly env: Environment,
  ) {}

  current(): ModelDirectory {
    const models = this.config.get(ModelsConfig);
    const reliability = this.config.get(ReliabilityConfig);
    if (this.directory && models === this.models && reliability === this.reliability) return this.directory;
    return this.rebuild(models, reliability);
  }

  private rebuild(models: Readonly<ModelsConfig>, reliability: Readonly<ReliabilityConfig>): ModelDirectory {
    const { env } = this;
    const directory = new ModelDirectory({ models, reliability, env }, (settings) =>
      this.factory.create(settings, reliability),
    );
    for (const problem of directory.problems) this.logger.warn(problem);
    this.circuits.keep(directory.providerIds());
    this.models = models;
    this.reliability = reliability;
    this.directory = directory;
    return directory;
  }
}
