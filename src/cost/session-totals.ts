import { Injectable } from '@nestjs/common';
import { EventBus } from '../platform/events/event-bus';
import './cost.events';
import { fromUsd, toUsd } from './usd';

/** One model since the start of the process. */
export interface ModelTotal {
  model: string;
  cost_usd: number;
  total_tokens: number;
  request_count: number;
}

/** Models are named by callers, so only so many get a line of their own. */
const MOST_MODELS = 500;
const OTHERS = 'other';

/** What this process has cost since it started; in ZeroClaw's words the session. */
@Injectable()
export class SessionTotals {
  private readonly models = new Map<string, { nano: number; tokens: number; calls: number }>();

  constructor(events: EventBus) {
    events.on('cost.recorded', ({ provider, model, usd, tokens }) => this.add(`${provider}/${model}`, usd, tokens));
  }

  byModel(): ModelTotal[] {
    return [...this.models].map(([model, { nano, tokens, calls }]) => ({
      model,
      cost_usd: toUsd(nano),
      total_tokens: tokens,
      request_count: calls,
    }));
  }

  private add(model: string, usd: number, tokens: number): void {
    const name = this.models.has(model) || this.models.size < MOST_MODELS ? model : OTHERS;
    const total = this.models.get(name) ?? { nano: 0, tokens: 0, calls: 0 };
    this.models.set(name, { nano: total.nano + fromUsd(usd), tokens: total.tokens + tokens, calls: total.calls + 1 });
  }
}
