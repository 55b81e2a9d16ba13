import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { firstDay } from './budget-calendar';
import type { BudgetPeriod } from './budget-calendar';
import { CostConfig } from './cost.config';
import './cost.events';
import type { UsageRow } from './cost.tables';
import { fromUsd, showUsd, toUsd } from './usd';
import { UsageRepository } from './usage.repository';

/** Announces what is recorded, and says once per period when a limit comes near and when it is reached. */
@Injectable()
export class BudgetWatch {
  private readonly logger = new Logger(BudgetWatch.name);
  /** What was said already, by period and kind, with the first day of the period it was said about. */
  private readonly said = new Map<string, string>();

  constructor(
    private readonly repository: UsageRepository,
    private readonly config: ConfigService,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  async recorded(records: readonly UsageRow[]): Promise<void> {
    for (const { provider, model, owner, cost_nano, estimated, input_tokens, output_tokens } of records) {
      const tokens = input_tokens + output_tokens;
      this.events.emit('cost.recorded', {
        provider,
        model,
        owner,
        usd: toUsd(cost_nano),
        tokens,
        estimated: estimated === 1,
      });
    }
    // What is recorded stays recorded, whether or not the sums can be read now.
    await this.look().catch((error: unknown) => this.logger.warn({ err: error }, 'the budgets could not be read'));
  }

  /** Reads what the running periods have cost and compares it with the limits. */
  private async look(): Promise<void> {
    const now = this.clock.now();
    for (const period of ['daily', 'monthly'] as const) {
      const spent = await this.repository.spentSince(firstDay(period, now));
      this.events.emit('cost.spent', { period, spentUsd: toUsd(spent), limitUsd: this.limitUsd(period) });
      this.compare(period, spent);
    }
  }

  /** A call did not fit any more. */
  exceeded(period: BudgetPeriod, spent: number): void {
    if (!this.isNews(period, 'exceeded')) return;
    const limitUsd = this.limitUsd(period);
    this.logger.warn(`The ${period} budget of ${showUsd(fromUsd(limitUsd))} is used up: ${showUsd(spent)} spent`);
    this.events.emit('cost.exceeded', { period, spentUsd: toUsd(spent), limitUsd });
  }

  /** A call was refused or sent to the cheaper model. */
  enforced(period: BudgetPeriod, action: 'blocked' | 'routed_down', owner: string): void {
    this.events.emit('cost.enforced', { period, action, owner });
  }

  private compare(period: BudgetPeriod, spent: number): void {
    const limitUsd = this.limitUsd(period);
    const limit = fromUsd(limitUsd);
    if (spent === 0) return;
    const percent = this.config.get(CostConfig).warn_at_percent;
    if (spent >= limit) this.exceeded(period, spent);
    else if (spent * 100 >= limit * percent && this.isNews(period, 'warning')) {
      this.logger.warn(`${showUsd(spent)} of the ${period} budget of ${showUsd(limit)} are spent`);
      this.events.emit('cost.warning', { period, spentUsd: toUsd(spent), limitUsd, percent });
    }
  }

  private limitUsd(period: BudgetPeriod): number {
    const { daily_limit_usd, monthly_limit_usd } = this.config.get(CostConfig);
    return period === 'daily' ? daily_limit_usd : monthly_limit_usd;
  }

  private isNews(period: BudgetPeriod, kind: string): boolean {
    const key = `${period} ${kind}`;
    const now = firstDay(period, this.clock.now());
    if (this.said.get(key) === now) return false;
    this.said.set(key, now);
    return true;
  }
}
