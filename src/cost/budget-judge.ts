import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import type { ModelTarget } from '../providers/models.service';
import { ModelsService } from '../providers/models.service';
import type { BookedCall } from './booked-call';
import { nextPeriod } from './budget-calendar';
import type { BudgetPeriod } from './budget-calendar';
import { judge } from './budget-rule';
import type { Candidate, Verdict } from './budget-rule';
import { BudgetWatch } from './budget-watch';
import { CallForecast } from './call-forecast';
import type { Forecast } from './call-forecast';
import { CostConfig } from './cost.config';
import type { BudgetState } from './reservation.repository';
import { fromUsd, showUsd } from './usd';

/** What becomes of a call. */
export type Ruling =
  | { kind: 'admit'; target: ModelTarget; forecast: Forecast; amount: number; passedOver: BudgetPeriod | undefined }
  | { kind: 'wait' }
  | { kind: 'refuse'; period: BudgetPeriod; spent: number; error: AppError };

/** Applies the budgets' rule to a call, and to the cheaper model where `route_down` allows it. */
@Injectable()
export class BudgetJudge {
  constructor(
    private readonly config: ConfigService,
    private readonly models: ModelsService,
    private readonly forecast: CallForecast,
    private readonly watch: BudgetWatch,
    private readonly clock: Clock,
  ) {}

  /** Must have resolved before the first `rule` about these calls. */
  prepare(calls: readonly BookedCall[]): Promise<void> {
    return this.forecast.prepare(calls);
  }

  rule(state: BudgetState, call: BookedCall): Ruling {
    const { target, mayReroute } = call.planned;
    const first = this.weigh(state, call, target);
    if (first.verdict.kind !== 'exceeded') return ruling(first, undefined);
    const { period, spent } = first.verdict;
    const cheaper = mayReroute ? this.cheaper(target) : undefined;
    if (cheaper) {
      const second = this.weigh(state, call, cheaper);
      if (second.verdict.kind !== 'exceeded') return ruling(second, period);
    }
    return { kind: 'refuse', period, spent, error: this.refusal(first.candidate, period, spent) };
  }

  /** Tells the log and the event bus what a ruling meant for a call. */
  announce(made: Ruling, { planned }: BookedCall): void {
    const owner = planned.caller?.owner ?? 'gateway';
    if (made.kind === 'admit' && made.passedOver) this.watch.enforced(made.passedOver, 'routed_down', owner);
    if (made.kind !== 'refuse') return;
    this.watch.exceeded(made.period, made.spent);
    this.watch.enforced(made.period, 'blocked', owner);
  }

  private weigh(state: BudgetState, call: BookedCall, target: ModelTarget) {
    const { daily_limit_usd, monthly_limit_usd } = this.config.get(CostConfig);
    const forecast = this.forecast.of(call, target);
    const candidate = this.forecast.candidate(call, target, forecast);
    const limits = { daily: fromUsd(daily_limit_usd), monthly: fromUsd(monthly_limit_usd) };
    return { target, forecast, candidate, verdict: judge(state, limits, candidate) };
  }

  private cheaper({ provider, model }: ModelTarget): ModelTarget | undefined {
    const { mode, route_down_model: name } = this.config.get(CostConfig).enforcement;
    const found = mode === 'route_down' ? this.models.resolve(name) : undefined;
    return found?.provider.id === provider.id && found.model === model ? undefined : found;
  }

  private refusal({ model, expected }: Candidate, period: BudgetPeriod, spent: number): AppError {
    const { daily_limit_usd, monthly_limit_usd } = this.config.get(CostConfig);
    const limit = showUsd(fromUsd(period === 'daily' ? daily_limit_usd : monthly_limit_usd));
    const now = this.clock.now();
    const opens = nextPeriod(period, now);
    const message =
      `The ${period} budget of ${limit} has no room for this call of ${model}: ${showUsd(spent)} are spent and it would cost about ` +
      `${showUsd(expected)}. A new one begins at ${new Date(opens).toISOString()}; an operator can raise [cost] ${period}_limit_usd`;
    // 402 and not 429: the SDKs would ask again at once, in vain.
    return new AppError(402, 'cost.budget_exceeded', message, { retryAfter: Math.ceil((opens - now) / 1000) });
  }
}

function ruling(
  { target, forecast, verdict }: { target: ModelTarget; forecast: Forecast; verdict: Verdict },
  passedOver: BudgetPeriod | undefined,
): Ruling {
  if (verdict.kind !== 'admit') return { kind: 'wait' };
  return { kind: 'admit', target, forecast, amount: verdict.amount, passedOver };
}
