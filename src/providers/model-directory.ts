import { EchoProvider } from './echo.provider';
import type { ModelRoute } from './models.config';
import { hostId, HOSTS } from './provider-catalog';
import type { ModelProvider } from './provider';
import { providerSettings, type ModelSources, type ProviderSettings } from './provider-settings';

/** A model at a host. */
export interface ModelTarget {
  provider: ModelProvider;
  /** The provider's own name of the model. */
  model: string;
  /** Tokens of an answer at the most, when the caller sets no limit. */
  maxTokens?: number;
}

const FALLBACK_MODEL = 'anthropic/claude-sonnet-4.6';
const HINT = 'hint:';

/** Everything one state of the configuration says about models. Never changes; a changed configuration makes a new one. */
export class ModelDirectory {
  /** What `zeroclaw` means. */
  readonly default: ModelTarget;
  readonly configured: boolean;
  /** Asked in this order when the default fails; `model` is the one their profile names. */
  readonly fallbacks: { name: string; provider: ModelProvider; model: string | undefined }[] = [];
  /** Sentences for the log. */
  readonly problems: string[] = [];
  private readonly providers = new Map<string, { provider: ModelProvider; defaultModel: string | undefined }>();
  private readonly names = new Map<string, ModelProvider>();
  private known: ReadonlyMap<string, readonly { model: string }[]> | undefined;
  private readonly routes = new Map<string, ModelTarget>();

  constructor(
    private readonly sources: ModelSources,
    private readonly create: (settings: ProviderSettings) => ModelProvider,
  ) {
    const { models, reliability, env } = sources;
    const defaultName = models.default_provider ?? unnamedDefault(sources);
    this.add(defaultName, true);
    for (const name of reliability.fallback_providers) this.addFallback(name);
    for (const name of Object.keys(models.model_providers)) this.add(name, false);
    const seen = new Set<string>();
    for (const [id, { keyEnv = [] }] of Object.entries(HOSTS)) {
      // Regional twins share a variable; the first of them is meant.
      const variable = keyEnv.find((name) => env[name]?.trim());
      if (variable === undefined || seen.has(variable)) continue;
      seen.add(variable);
      this.add(id, false);
    }
    for (const route of models.model_routes) this.addRoute(route);
    this.default = this.findDefault(defaultName);
    this.configured = this.default.provider.id !== 'echo';
  }

  /** See ModelsService.resolve. */
  resolve(name: string): ModelTarget | undefined {
    if (name === 'zeroclaw' || name === this.default.model || name === this.sources.models.default_model)
      return this.default;
    if (name.startsWith(HINT)) return this.routes.get(name.slice(HINT.length));
    const slash = name.indexOf('/');
    const prefix = name.slice(0, slash);
    const provider = this.names.get(prefix) ?? this.names.get(hostId(prefix) ?? '');
    if (provider) return target(provider, name.slice(slash + 1));
    for (const [known, custom] of this.names) {
      if (known.includes('/') && name.startsWith(`${known}/`)) return target(custom, name.slice(known.length + 1));
    }
    return undefined;
  }

  /** The models that the configuration names, by provider. */
  models(): { provider: string; model: string }[] {
    const found = new Map<string, { provider: string; model: string }>();
    const note = (provider: string, model: string | undefined) => {
      if (model) found.set(`${provider}/${model}`, { provider, model });
    };
    note(this.default.provider.id, this.default.model);
    for (const [id, { defaultModel }] of this.providers) note(id, defaultModel);
    for (const { provider, model } of this.routes.values()) note(provider.id, model);
    for (const { name, provider, model } of this.fallbacks) {
      note(provider.id, model);
      for (const other of this.modelFallbacks(name)) note(provider.id, other);
    }
    for (const other of this.modelFallbacks(this.default.model)) note(this.default.provider.id, other);
    return [...found.values()];
  }

  /** True for the models that the configuration names. */
  knows(provider: string, model: string): boolean {
    this.known ??= Map.groupBy(this.models(), (row) => row.provider);
    return this.known.get(provider)?.some((row) => row.model === model) ?? false;
  }

  /** What `[reliability] model_fallbacks` lists for a model or a provider. */
  modelFallbacks(name: string): string[] {
    const { model_fallbacks: fallbacks } = this.sources.reliability;
    return Object.hasOwn(fallbacks, name) ? (fallbacks[name] ?? []) : [];
  }

  providerIds(): string[] {
    return [...new Set([this.default.provider.id, ...this.providers.keys()])];
  }

  private add(name: string, asDefault: boolean): ModelProvider | undefined {
    const known = this.names.get(name);
    if (known) return known;
    if (name === 'echo') return this.remember(name, new EchoProvider(), 'echo');
    const settings = providerSettings(name, this.sources, asDefault);
    if ('problem' in settings) {
      if (asDefault && !this.sources.models.default_provider) return undefined;
      this.problems.push(`${settings.problem}.`);
      return undefined;
    }
    const same = this.providers.get(settings.id)?.provider;
    return this.remember(name, same ?? this.create(settings), settings.defaultModel);
  }

  private remember(name: string, provider: ModelProvider, defaultModel: string | undefined): ModelProvider {
    this.names.set(name, provider);
    this.names.set(provider.id, provider);
    if (!this.providers.has(provider.id)) this.providers.set(provider.id, { provider, defaultModel });
    return provider;
  }

  private addFallback(name: string): void {
    const provider = this.add(name, false);
    const model = this.sources.models.model_providers[name]?.default_model;
    if (provider) this.fallbacks.push({ name, provider, model });
  }

  private addRoute({ hint, provider: name, model, api_key: key, max_tokens: maxTokens }: ModelRoute): void {
    const settings = key ? providerSettings(name, this.sources, false, key) : undefined;
    const provider = settings && !('problem' in settings) ? this.create(settings) : this.add(name, false);
    if (!provider) return;
    if (!this.names.has(provider.id)) this.remember(name, provider, undefined);
    this.routes.set(hint, { provider, model, ...(maxTokens !== undefined && { maxTokens }) });
  }

  private findDefault(name: string): ModelTarget {
    const { default_model: wanted } = this.sources.models;
    if (wanted?.startsWith(HINT)) {
      const route = this.routes.get(wanted.slice(HINT.length));
      if (route) return route;
      this.problems.push(`default_model is ${wanted}, but no [[model_routes]] that can be used has this hint.`);
    }
    const provider = this.names.get(name);
    if (!provider) {
      if (this.sources.models.default_provider) this.problems.push('The built-in echo model answers instead.');
      return target(this.remember('echo', new EchoProvider(), 'echo'), 'echo');
    }
    const usual = this.providers.get(provider.id)?.defaultModel ?? FALLBACK_MODEL;
    return target(provider, provider.id === 'echo' || wanted?.startsWith(HINT) ? usual : (wanted ?? usual));
  }
}

function target(provider: ModelProvider, model: string): ModelTarget {
  return { provider, model };
}

/** Without default_provider: openrouter when a key without a provider is given, else the first host with a key of its own. */
function unnamedDefault({ models, env }: ModelSources): string {
  if (models.api_key || env['API_KEY']) return 'openrouter';
  const hosts = Object.entries(HOSTS);
  return hosts.find(([, { keyEnv }]) => keyEnv?.some((name) => env[name]?.trim()))?.[0] ?? 'openrouter';
}
