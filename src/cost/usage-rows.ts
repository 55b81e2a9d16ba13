import { Injectable } from '@nestjs/common';
import type { Usage } from '../providers/provider';
import type { BookedCall, MadeCall } from './booked-call';
import { dayOf } from './budget-calendar';
import { CallForecast } from './call-forecast';
import type { Forecast } from './call-forecast';
import type { ReservationRow, UsageRow } from './cost.tables';
import { PriceList } from './price-list';
import { estimateOutput } from './token-estimate';

/** Puts calls into rows, with their price, once `load` has resolved. */
@Injectable()
export class UsageRows {
  constructor(
    private readonly prices: PriceList,
    private readonly forecast: CallForecast,
  ) {}

  load(): Promise<void> {
    return this.prices.load();
  }

  record({ id, call, end }: MadeCall): UsageRow {
    const { provider, model } = call.target;
    const usage = sound(end.usage) ?? guess(call, end.answered, end.written);
    const rate = this.prices.rate(provider.id, model);
    return {
      ...common(call),
      id,
      day: dayOf(call.startedAt),
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cached_tokens: usage.cachedInputTokens ?? 0,
      reasoning_tokens: usage.reasoningTokens ?? 0,
      cost_nano: rate.nano(usage),
      estimated: sound(end.usage) && rate.known ? 0 : 1,
      // What broke off teaches nothing about calls that go to their end.
      expected_input: end.outcome === 'ok' ? call.expectedInput : 0,
    };
  }

  /** @param amount nano-USD to set aside; what is expected when left out */
  reservation(
    call: BookedCall,
    lease: { instance: string; until: number },
    forecast: Forecast = this.forecast.of(call),
    amount = forecast.nano,
  ): ReservationRow {
    return {
      ...common(call),
      id: call.id,
      instance: lease.instance,
      expires_at: lease.until,
      amount_nano: amount,
      input_tokens: forecast.inputTokens,
      output_tokens: forecast.outputTokens,
      cost_nano: forecast.nano,
    };
  }
}

/** The call of a process that died, booked as it was expected to be. */
export function abandoned(row: ReservationRow): UsageRow {
  const { instance: _, expires_at: __, amount_nano: ___, ...kept } = row;
  return {
    ...kept,
    day: dayOf(row.created_at),
    cached_tokens: 0,
    reasoning_tokens: 0,
    estimated: 1,
    expected_input: 0,
  };
}

function common({ planned: { caller }, target, startedAt }: BookedCall) {
  return {
    created_at: startedAt,
    provider: target.provider.id,
    model: target.model,
    owner: caller?.owner ?? 'gateway',
    session_id: caller?.sessionId ?? null,
    door: caller?.door ?? 'internal',
    run_id: caller?.runId ?? null,
  };
}

function guess({ inputTokens }: BookedCall, answered: boolean, written: number): Usage {
  return { inputTokens, outputTokens: answered ? estimateOutput(written) : 0 };
}

/** Hosts state whole numbers; anything else would spoil the sums. */
function sound(usage: Usage | undefined): Usage | undefined {
  if (!usage) return undefined;
  const counts = [usage.inputTokens, usage.outputTokens, usage.cachedInputTokens ?? 0, usage.reasoningTokens ?? 0];
  return counts.every((count) => Number.isSafeInteger(count) && count >= 0 && count < 1e9) ? usage : undefined;
}
