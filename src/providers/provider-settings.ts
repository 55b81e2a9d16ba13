import type { Environment } from '../platform/environment';
import { ANTHROPIC_CUSTOM, CUSTOM, hostId, HOSTS, UNSUPPORTED_HOSTS, type HostFacts } from './provider-catalog';
import type { ModelsConfig } from './models.config';
import type { ReliabilityConfig } from './reliability.config';

/** What the configuration says about models, as one value. */
export interface ModelSources {
  models: Readonly<ModelsConfig>;
  reliability: Readonly<ReliabilityConfig>;
  env: Environment;
}

/** A provider as the configuration describes it, before anything is opened. */
export interface ProviderSettings {
  id: string;
  protocol: 'openai' | 'anthropic';
  baseUrl: URL;
  /** In the order in which they are used; empty for a host that needs none. */
  keys: string[];
  defaultModel: string | undefined;
  facts: HostFacts;
}

/** Why a provider that is named cannot be asked; a clause for a log line. */
export interface Unusable {
  problem: string;
}

/** What the provider of that name is. `asDefault` brings in the keys that belong to the default provider alone. */
export function providerSettings(
  name: string,
  sources: ModelSources,
  asDefault: boolean,
  routeKey?: string,
): ProviderSettings | Unusable {
  const { models, reliability, env } = sources;
  const profile = Object.hasOwn(models.model_providers, name) ? models.model_providers[name] : undefined;
  const base = hostId(profile?.name ?? name);
  const custom = profile ? undefined : customUrl(name);
  const facts = (base === undefined ? undefined : HOSTS[base]) ?? {};
  if (UNSUPPORTED_HOSTS.has(name)) return { problem: `${name} speaks a protocol of its own that the gateway does not` };
  if (!profile && !custom && base === undefined) return { problem: `${name} is not a known provider` };

  const chosenUrl = custom?.url ?? profile?.base_url ?? (asDefault ? models.api_url : undefined);
  const baseUrl = parseUrl(chosenUrl ?? facts.baseUrl, facts);
  if (!baseUrl) return { problem: `${name} needs a base URL: set api_url or [model_providers.${name}] base_url` };

  const explicit = routeKey ?? profile?.api_key ?? (asDefault ? models.api_key : undefined);
  const key = [
    explicit,
    reliability.fallback_api_keys[name],
    ...(facts.keyEnv ?? []).map((variable) => env[variable]),
    asDefault ? env['API_KEY'] : undefined,
  ].find((found) => found?.trim());
  const keys = [key, ...(asDefault ? reliability.api_keys : [])].flatMap((found) => found?.trim() || []);
  // A host that the operator put in place decides itself whether it wants a key.
  if (keys.length === 0 && !facts.keyless && chosenUrl === undefined) {
    return { problem: `${name} has no key: set ${['api_key', ...(facts.keyEnv ?? [])].join(' or ')}` };
  }
  const anthropic = profile?.wire_api ? profile.wire_api.startsWith('anthropic') : facts.protocol === 'anthropic';
  return {
    id: profile ? name : (base ?? publicId(name, baseUrl)),
    protocol: custom?.protocol ?? (anthropic ? 'anthropic' : 'openai'),
    baseUrl,
    keys: [...new Set(keys)],
    defaultModel: profile?.default_model ?? facts.defaultModel,
    facts,
  };
}

function customUrl(name: string): { url: string; protocol: 'openai' | 'anthropic' } | undefined {
  if (name.startsWith(CUSTOM)) return { url: name.slice(CUSTOM.length), protocol: 'openai' };
  if (name.startsWith(ANTHROPIC_CUSTOM)) return { url: name.slice(ANTHROPIC_CUSTOM.length), protocol: 'anthropic' };
  return undefined;
}

/** The id is shown and becomes a metric label, so a custom one loses what may be secret in its URL. */
function publicId(name: string, { origin, pathname }: URL): string {
  const prefix = name.startsWith(CUSTOM) ? CUSTOM : ANTHROPIC_CUSTOM;
  return prefix + origin + pathname.replace(/\/+$/, '');
}

function parseUrl(text: string | undefined, facts: HostFacts): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (facts.addVersion && url.pathname === '/') url.pathname = '/v1';
  return url;
}
