import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { EventBus } from '../platform/events/event-bus';
import { ActionBudget } from './safety/action-budget';
import { REFUSAL_REASONS } from './tool.events';

const APPROVALS = 'zeroclaw_approvals_total';
const REFUSALS = 'zeroclaw_tool_refusals_total';
const ACTIONS = 'zeroclaw_tool_actions_last_hour';
const ACTION_LIMIT = 'zeroclaw_tool_actions_limit';

export const toolMetricProviders = [
  makeCounterProvider({
    name: APPROVALS,
    help: 'Tool calls that a person was asked about, by what became of it: requested, approved, denied, expired.',
    labelNames: ['outcome'],
  }),
  makeCounterProvider({
    name: REFUSALS,
    help: 'Tool calls that were not made, by reason.',
    labelNames: ['reason'],
  }),
  makeGaugeProvider({
    name: ACTIONS,
    help: 'Acting tool calls within the last hour.',
    inject: [ActionBudget],
    async collect(this: Gauge<string>, budget: ActionBudget) {
      // A database that does not answer must not cost the other figures.
      const used = await budget.used().catch(() => undefined);
      if (used !== undefined) this.set(used);
    },
  }),
  makeGaugeProvider({
    name: ACTION_LIMIT,
    help: 'Acting tool calls that are allowed per hour.',
    inject: [ActionBudget],
    collect(this: Gauge<string>, budget: ActionBudget) {
      this.set(budget.limit);
    },
  }),
];

/** Counts what the gate and the approvals announce. */
@Injectable()
export class SafetyMetrics {
  constructor(
    @InjectMetric(APPROVALS) approvals: Counter<string>,
    @InjectMetric(REFUSALS) refusals: Counter<string>,
    events: EventBus,
  ) {
    for (const outcome of ['requested', 'approved', 'denied', 'expired']) approvals.inc({ outcome }, 0);
    for (const reason of REFUSAL_REASONS) refusals.inc({ reason }, 0);
    events.on('approval.requested', () => approvals.inc({ outcome: 'requested' }));
    events.on('approval.decided', ({ outcome }) => approvals.inc({ outcome }));
    events.on('approval.expired', () => approvals.inc({ outcome: 'expired' }));
    events.on('tool.refused', ({ reason }) => refusals.inc({ reason }));
  }
}
