import type { CostConfig } from './cost.config';
import type { UsageTotal } from './report.repository';
import type { DayRange } from './report.repository';
import type { ModelTotal } from './session-totals';
import { toUsd } from './usd';

interface Spent {
  daily: number;
  monthly: number;
  reserved: number;
}

interface Report {
  range: DayRange;
  days: UsageTotal[];
  owners: UsageTotal[];
  sessions: (UsageTotal & { owner: string })[];
}

/** The body of `GET /api/cost`. The first six fields are ZeroClaw's; "session" means this process there. */
export function viewCost(config: Readonly<CostConfig>, models: ModelTotal[], spent: Spent, report: Report) {
  const { enabled, daily_limit_usd, monthly_limit_usd, enforcement } = config;
  const total = (pick: (model: ModelTotal) => number) => models.reduce((sum, model) => sum + pick(model), 0);
  return {
    session_cost_usd: total(({ cost_usd }) => cost_usd),
    daily_cost_usd: enabled ? toUsd(spent.daily) : 0,
    monthly_cost_usd: enabled ? toUsd(spent.monthly) : 0,
    total_tokens: total(({ total_tokens }) => total_tokens),
    request_count: total(({ request_count }) => request_count),
    by_model: Object.fromEntries(models.map((model) => [model.model, model])),
    enabled,
    budget: { daily_limit_usd, monthly_limit_usd, reserved_usd: toUsd(spent.reserved), mode: enforcement.mode },
    ...report.range,
    by_day: report.days.map((row) => ({ day: row.key, ...line(row) })),
    by_token: report.owners.map((row) => ({ token_id: row.key, ...line(row) })),
    by_session: report.sessions.map((row) => ({ session_id: row.key, token_id: row.owner, ...line(row) })),
  };
}

function line({ nano, tokens, calls, estimated }: UsageTotal) {
  return { cost_usd: toUsd(nano), total_tokens: tokens, request_count: calls, estimated_count: estimated };
}
