import { Injectable } from '@nestjs/common';
import { Egress } from '../platform/egress/egress';
import { anthropicCredentials, AnthropicProvider } from './anthropic/anthropic.provider';
import { endpoint } from './endpoint';
import { ModelHost, type HostSettings } from './model-host';
import { OpenAiCompatibleProvider } from './openai-compatible/openai-compatible.provider';
import type { ModelProvider } from './provider';
import type { ProviderSettings } from './provider-settings';
import type { ReliabilityConfig } from './reliability.config';

type Headers = Readonly<Record<string, string>>;

const COMMON: Headers = {
  'content-type': 'application/json',
  accept: 'text/event-stream, application/json',
  'user-agent': 'zeroclaw-gateway',
};

/** Makes a provider that can be asked from its settings. */
@Injectable()
export class ProviderFactory {
  constructor(private readonly egress: Egress) {}

  create(settings: ProviderSettings, reliability: Readonly<ReliabilityConfig>): ModelProvider {
    const { id, baseUrl, facts } = settings;
    if (settings.protocol === 'anthropic') {
      const headers = headersPerKey(
        { ...COMMON, 'anthropic-version': '2023-06-01' },
        settings.keys,
        anthropicCredentials,
      );
      const url = endpoint(baseUrl, '/v1/messages');
      return new AnthropicProvider(
        id,
        this.host(settings, url, headers, reliability),
        beside(url, '/messages', '/models'),
      );
    }
    const headers = headersPerKey({ ...COMMON, ...facts.headers }, settings.keys, (key) => ({
      authorization: `Bearer ${key}`,
    }));
    const url = endpoint(baseUrl, '/chat/completions');
    const host = this.host(settings, url, headers, reliability);
    const { maxTokensField = 'max_tokens', keyCheck = '/models' } = facts;
    const dialect = { maxTokensField, streamOptions: true, temperature: true };
    const checkPath = keyCheck === 'none' ? undefined : beside(url, '/chat/completions', keyCheck);
    return new OpenAiCompatibleProvider(id, host, dialect, checkPath);
  }

  private host(
    { id, keys }: ProviderSettings,
    url: URL,
    headers: HostSettings['headers'],
    reliability: Readonly<ReliabilityConfig>,
  ): ModelHost {
    const timeouts = {
      firstByte: reliability.provider_first_byte_timeout_secs * 1000,
      answer: reliability.provider_answer_timeout_secs * 1000,
      idle: reliability.provider_idle_timeout_secs * 1000,
    };
    return new ModelHost({ id, endpoint: url, headers, secrets: keys, timeouts }, this.egress);
  }
}

/** The path with another ending. */
function beside({ pathname, search }: URL, ending: string, other: string): string {
  return (pathname.endsWith(ending) ? pathname.slice(0, -ending.length) : pathname) + other + search;
}

function headersPerKey(common: Headers, keys: string[], credentials: (key: string) => Headers): Headers[] {
  return keys.length === 0 ? [common] : keys.map((key) => ({ ...common, ...credentials(key) }));
}
