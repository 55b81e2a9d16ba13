import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { ModelsConfig } from '../providers/models.config';
import { hostId, HOSTS } from '../providers/provider-catalog';
import type { Usage } from '../providers/provider';
import { CostConfig } from './cost.config';
import type { ModelPrice } from './cost.config';
import { toUsd } from './usd';

type PriceBook = typeof import('@pydantic/genai-prices');

/** What one model costs. */
export interface Rate {
  /** False for a model that no list knows; it is priced like a large one. */
  known: boolean;
  /** Nano-USD of one call. */
  nano(usage: Usage): number;
}

/** USD per million tokens of a model that no list knows, as ZeroClaw assumes. */
const UNKNOWN_MODEL: ModelPrice = { input: 3, output: 15 };
/** Prices of the list may depend on the day and the hour. */
const FRESH_MS = 600_000;
const MOST_RATES = 1_000;

/** Prices by provider and model: `[cost.prices]` first, then nothing for local hosts, then the maintained list, which is loaded when it is first needed. */
@Injectable()
export class PriceList {
  private book: PriceBook | undefined;
  private rates = new Map<string, Rate>();
  private ratesFor: { cost: object; models: object; until: number } | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Must have resolved before the first `rate`. */
  async load(): Promise<void> {
    this.book ??= await import('@pydantic/genai-prices');
  }

  rate(provider: string, model: string): Rate {
    this.refresh();
    const key = `${provider}/${model}`;
    let rate = this.rates.get(key);
    if (!rate) {
      rate = this.find(provider, model);
      if (this.rates.size >= MOST_RATES) this.rates.clear();
      this.rates.set(key, rate);
    }
    return rate;
  }

  /** For showing: USD of one call; undefined for a model that no list knows, and until the list is loaded. */
  usd(provider: string, model: string, usage: Usage): number | undefined {
    if (!this.book) return undefined;
    const rate = this.rate(provider, model);
    return rate.known ? toUsd(rate.nano(usage)) : undefined;
  }

  private refresh(): void {
    const cost = this.config.get(CostConfig);
    const models = this.config.get(ModelsConfig);
    const now = this.clock.now();
    const { ratesFor } = this;
    const left = (ratesFor?.until ?? 0) - now;
    if (ratesFor?.cost === cost && ratesFor.models === models && left > 0 && left <= FRESH_MS) return;
    this.ratesFor = { cost, models, until: now + FRESH_MS };
    this.rates.clear();
  }

  private find(provider: string, model: string): Rate {
    const { prices } = this.config.get(CostConfig);
    const own = [`${provider}/${model}`, model].find((name) => Object.hasOwn(prices, name));
    if (own !== undefined && prices[own]) return linear(prices[own], true);
    const host = this.hostOf(provider);
    if (provider === 'echo' || (host !== undefined && HOSTS[host]?.keyless)) return FREE;
    return this.fromBook(host ?? provider, model) ?? linear(UNKNOWN_MODEL, false);
  }

  /** The known host behind the provider's name, also behind a profile of the operator's. */
  private hostOf(provider: string): string | undefined {
    const { model_providers: profiles } = this.config.get(ModelsConfig);
    const profile = Object.hasOwn(profiles, provider) ? profiles[provider] : undefined;
    return hostId(profile?.name ?? provider);
  }

  private fromBook(host: string, model: string): Rate | undefined {
    const book = this.book;
    if (!book) throw new Error('the price list was asked before it was loaded');
    const timestamp = new Date(this.clock.now());
    const probe = { input_tokens: 1, output_tokens: 1 };
    // A proxy under a name of its own sells the models of the known vendors.
    const found =
      book.calcPrice(probe, model, { providerId: host, timestamp }) ?? book.calcPrice(probe, model, { timestamp });
    if (!found) return undefined;
    const { input_mtok: input, output_mtok: output, cache_read_mtok: cached } = found.model_price;
    if (typeof input === 'number' && typeof output === 'number' && typeof cached !== 'object') {
      return linear({ input, output, ...(cached !== undefined && { cached }) }, true);
    }
    if (input === undefined || output === undefined) return undefined;
    // A price that depends on the length of the input.
    const only = { ...found.provider, models: [found.model] };
    const nano = (usage: Usage) =>
      Math.round((book.calcPrice(listed(usage), model, { provider: only, timestamp })?.total_price ?? 0) * 1e9);
    return { known: true, nano };
  }
}

const FREE: Rate = { known: true, nano: () => 0 };

function linear({ input, output, cached = input }: ModelPrice, known: boolean): Rate {
  const nano = ({ inputTokens, outputTokens, cachedInputTokens = 0 }: Usage) => {
    const reused = Math.min(cachedInputTokens, inputTokens);
    return Math.round(((inputTokens - reused) * input + reused * cached + outputTokens * output) * 1000);
  };
  return { known, nano };
}

function listed({ inputTokens, outputTokens, cachedInputTokens = 0 }: Usage) {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_tokens: Math.min(cachedInputTokens, inputTokens),
  };
}
