import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { ModelsConfig } from '../../providers/models.config';
import { ModelsService } from '../../providers/models.service';
import { hostId, HOSTS } from '../../providers/provider-catalog';
import { ReliabilityConfig } from '../../providers/reliability.config';
import { integrationId } from './integration';
import { providerTitle } from './provider-titles';

/** What the configuration has for a model host. */
export interface ProviderAccount {
  /** Of the provider catalog. */
  host: string;
  title: string;
  /** The name under which config.toml speaks of it. */
  name: string;
  isDefault: boolean;
  /** It can be asked as configured now. */
  isUsed: boolean;
  keyFrom: 'config' | 'environment' | undefined;
  /** Empty when the usual one is asked. */
  model: string;
}

/** The model hosts of the catalog as accounts: where each has its key and model from. */
@Injectable()
export class ProviderAccounts {
  constructor(
    private readonly config: ConfigService,
    private readonly models: ModelsService,
  ) {}

  /** No real provider answers yet. */
  get isFirst(): boolean {
    return !this.models.configured;
  }

  list(): ProviderAccount[] {
    return Object.keys(HOSTS).map((host) => this.describe(host));
  }

  /** By the id of its integration, or any name that config.toml knows. */
  find(id: string): ProviderAccount | undefined {
    const host = Object.keys(HOSTS).find((one) => integrationId(providerTitle(one)) === id) ?? hostId(id);
    return host === undefined ? undefined : this.describe(host);
  }

  private describe(host: string): ProviderAccount {
    const models = this.config.get(ModelsConfig);
    const { fallback_api_keys: fallbackKeys } = this.config.get(ReliabilityConfig);
    const name = this.nameOf(host);
    const profile = Object.hasOwn(models.model_providers, name) ? models.model_providers[name] : undefined;
    const isDefault = hostId(models.default_provider ?? this.models.default.provider.id) === host;
    const written = [profile?.api_key, isDefault ? models.api_key : undefined, fallbackKeys[name]];
    const variables = (HOSTS[host]?.keyEnv ?? []).map((variable) => this.config.environment[variable]);
    const keyFrom = written.some(Boolean) ? 'config' : variables.some(Boolean) ? 'environment' : undefined;
    return {
      host,
      title: providerTitle(host),
      name,
      isDefault,
      isUsed: this.isUsed(host),
      keyFrom,
      model: (isDefault ? models.default_model : undefined) ?? profile?.default_model ?? '',
    };
  }

  /** An alias that is written already is kept: profiles are found by the name that is used. */
  private nameOf(host: string): string {
    const { default_provider: chosen, model_providers: profiles } = this.config.get(ModelsConfig);
    if (chosen !== undefined && hostId(chosen) === host) return chosen;
    const written = Object.keys(profiles).find((name) => hostId(name) === host);
    return written ?? host;
  }

  private isUsed(host: string): boolean {
    if (hostId(this.models.default.provider.id) === host) return true;
    return this.models.list().some(({ ownedBy }) => hostId(ownedBy) === host);
  }
}
