import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { EventBus } from '../platform/events/event-bus';
import './cost.events';

const COST = 'zeroclaw_cost_usd_total';
const SPENT = 'zeroclaw_cost_budget_spent_usd';
const LIMIT = 'zeroclaw_cost_budget_limit_usd';
const ENFORCED = 'zeroclaw_cost_budget_enforced_total';

export const costMetricProviders = [
  makeCounterProvider({ name: COST, help: 'What model calls have cost, in USD.', labelNames: ['provider'] }),
  makeGaugeProvider({ name: SPENT, help: 'Spent in the running period, in USD.', labelNames: ['period'] }),
  makeGaugeProvider({ name: LIMIT, help: 'Limit of the period, in USD.', labelNames: ['period'] }),
  makeCounterProvider({
    name: ENFORCED,
    help: 'Calls that a budget had no room for: blocked, or routed_down to the cheaper model.',
    labelNames: ['period', 'action'],
  }),
];

/** Counts what the cost room announces. Labels are configured providers, `daily` and `monthly`. */
@Injectable()
export class CostMetrics {
  constructor(
    events: EventBus,
    @InjectMetric(COST) cost: Counter,
    @InjectMetric(SPENT) spent: Gauge,
    @InjectMetric(LIMIT) limit: Gauge,
    @InjectMetric(ENFORCED) enforced: Counter,
  ) {
    events.on('cost.recorded', ({ provider, usd }) => cost.inc({ provider }, usd));
    events.on('cost.spent', ({ period, spentUsd, limitUsd }) => {
      spent.set({ period }, spentUsd);
      limit.set({ period }, limitUsd);
    });
    events.on('cost.enforced', ({ period, action }) => enforced.inc({ period, action }));
  }
}
