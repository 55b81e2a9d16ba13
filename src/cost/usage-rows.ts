import { Injectable } from '@nestjs/common';
import type { BookedCall, MadeCall } from './booked-call';
import { dayOf } from './budget-calendar';
import { CallForecast } from './call-forecast';
import type { Forecast } from './call-forecast';
import type { ReservationRow, UsageRow } from './cost.tables';
import { PriceList } from './price-list';

const LONGEST_NAME = 200;

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

  record(made: MadeCall): UsageRow {
    const { usage, target, counted } = made;
    const rate = this.prices.rate(target.provider.id, target.model);
    return {
      ...common(made),
      id: made.id,
      day: dayOf(made.startedAt),
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cached_tokens: usage.cachedInputTokens ?? 0,
      reasoning_tokens: usage.reasoningTokens ?? 0,
      cost_nano: rate.nano(usage),
      estimated: counted && rate.known ? 0 : 1,
      expected_input: made.expectedInput,
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
      ...common({ target: call.target, startedAt: call.startedAt, caller: call.planned.caller }),
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

function common({ target, startedAt, caller }: Pick<MadeCall, 'target' | 'startedAt' | 'caller'>) {
  return {
    created_at: startedAt,
    provider: target.provider.id,
    model: plain(target.model),
    owner: plain(caller?.owner ?? 'gateway'),
    session_id: caller?.sessionId === undefined ? null : plain(caller.sessionId),
    door: caller?.door ?? 'internal',
    run_id: caller?.runId ?? null,
  };
}

/** Callers choose some of the names; one that a database refuses would hold up the whole batch. */
function plain(name: string): string {
  return name.slice(0, LONGEST_NAME).replaceAll(/\p{Cc}|\p{Cs}/gu, '?');
}
