import { Injectable } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import type { ModelTarget } from '../providers/models.service';
import type { BookedCall } from './booked-call';
import type { Candidate } from './budget-rule';
import { CostConfig } from './cost.config';
import { ModelExperience } from './model-experience';
import { PriceList } from './price-list';

/** What a call will probably need, as it is booked should nobody learn the truth. */
export interface Forecast {
  inputTokens: number;
  outputTokens: number;
  nano: number;
}

const LEAST_OUTPUT = 256;
/** For a model that nobody has asked yet: every byte a token, and an answer as long as most models can make it. */
const UNPROVEN = { inputPercent: 400, outputTokens: 32_000 };

/** Looks ahead: what a call will probably cost, and what at the most, once `prepare` has resolved. */
@Injectable()
export class CallForecast {
  constructor(
    private readonly config: ConfigService,
    private readonly prices: PriceList,
    private readonly experience: ModelExperience,
  ) {}

  /** Loads the prices and, for models that this process has not met yet, what other processes have learned of them. */
  async prepare(calls: readonly BookedCall[]): Promise<void> {
    await this.prices.load();
    const isNew = ({ target }: BookedCall) => !this.experience.of(target.provider.id, target.model);
    if (calls.some(isNew)) await this.experience.load();
  }

  of(call: BookedCall, { provider, model }: ModelTarget = call.target): Forecast {
    const { inputTokens, maxTokens } = call;
    const usual = Math.max(Math.ceil(inputTokens / 4), LEAST_OUTPUT);
    const outputTokens = Math.min(usual, maxTokens ?? usual);
    const nano = this.prices.rate(provider.id, model).nano({ inputTokens, outputTokens });
    return { inputTokens, outputTokens, nano };
  }

  candidate(call: BookedCall, { provider, model }: ModelTarget, forecast: Forecast): Candidate {
    const rate = this.prices.rate(provider.id, model);
    const percent = 1 + this.config.get(CostConfig).enforcement.reserve_percent / 100;
    const seen = this.experience.of(provider.id, model);
    const { inputPercent, outputTokens: longest } = seen ?? UNPROVEN;
    const most = {
      inputTokens: Math.ceil((forecast.inputTokens * Math.max(100, inputPercent)) / 100),
      outputTokens: call.maxTokens ?? Math.max(forecast.outputTokens, longest),
    };
    return {
      model: `${provider.id}/${model}`,
      expected: Math.round(forecast.nano * percent),
      most: Math.round(rate.nano(most) * percent),
      proven: seen !== undefined,
    };
  }
}
