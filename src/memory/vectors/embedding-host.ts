import type { ModelSources } from '../../providers/provider-settings';
import { providerSettings } from '../../providers/provider-settings';
import type { MemoryConfig } from '../memory.config';

/** Where texts become vectors, as the configuration says. */
export interface EmbeddingHost {
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Taken out of whatever the host says. */
  secrets: readonly string[];
  model: string;
  dimensions: number;
}

/** Undefined when embeddings are off; a clause that names the problem when the configuration lacks something. */
export function embeddingHost(
  memory: Readonly<MemoryConfig>,
  sources: ModelSources,
): EmbeddingHost | { problem: string } | undefined {
  const { backend, embedding_provider: name, embedding_model: model, embedding_dimensions: dimensions } = memory;
  if (name === 'none' || backend === 'none') return undefined;
  const isDefault = name === sources.models.default_provider;
  const settings = providerSettings(name, sources, isDefault, memory.embedding_api_key);
  if ('problem' in settings) return settings;
  const [key] = settings.keys;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'zeroclaw-gateway',
    ...settings.facts.headers,
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  return { url: embeddingsUrl(settings.baseUrl), headers, secrets: settings.keys, model, dimensions };
}

/** The base URL may be the one of the chat completions, as it is written for models. */
function embeddingsUrl(base: URL): URL {
  const url = new URL(base);
  const root = url.pathname.replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
  url.pathname = root.endsWith('/embeddings') ? root : `${root}/embeddings`;
  return url;
}
