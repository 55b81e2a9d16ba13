import { Injectable } from '@nestjs/common';
import { Egress } from '../platform/egress/egress';
import { endpoint } from './endpoint';
import { ModelHost } from './model-host';
import { OpenAiCompatibleProvider } from './openai-compatible/openai-compatible.provider';
import type { ModelProvider } from './provider';
import type { ProviderSettings } from './provider-settings';
import type { ReliabilityConfig } from './reliability.config';

const COMMON = {
  'content-type': 'application/json',
  accept: 'text/event-stream, application/json',
  'user-agent': 'zeroclaw-gateway',
};

/** Makes a provider that can be asked from its settings. */
@Injectable()
export class ProviderFactory {
  constructor(private readonly egress: Egress) {}

  create(settings: ProviderSettings, reliability: Readonly<ReliabilityConfig>): ModelProvider {
    return this.openAiCompatible(settings, reliability);
  }

  private openAiCompatible(settings: ProviderSettings, reliability: Readonly<ReliabilityConfig>): ModelProvider {
    const headers = { ...COMMON, ...settings.facts.headers };
    const host = new ModelHost(
      {
        id: settings.id,
        endpoint: endpoint(settings.baseUrl, '/chat/completions'),
        headers: withKeys(headers, settings.keys, (key) => ({ authorization: `Bearer ${key}` })),
        secrets: settings.keys,
        timeouts: timeouts(reliability),
      },
      this.egress,
    );
    const { maxTokensField = 'max_tokens' } = settings.facts;
    return new OpenAiCompatibleProvider(settings.id, host, { maxTokensField, streamOptions: true, temperature: true });
  }
}

type Headers = Readonly<Record<string, string>>;

function withKeys(common: Headers, keys: string[], credentials: (key: string) => Headers): Headers[] {
  return keys.length === 0 ? [common] : keys.map((key) => ({ ...common, ...credentials(key) }));
}

function timeouts(reliability: Readonly<ReliabilityConfig>) {
  return {
    firstByte: reliability.provider_first_byte_timeout_secs * 1000,
    answer: reliability.provider_answer_timeout_secs * 1000,
    idle: reliability.provider_idle_timeout_secs * 1000,
  };
}
