import type { BudgetPeriod } from './budget-calendar';

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    /** A model call is in the books. */
    'cost.recorded': {
      provider: string;
      model: string;
      owner: string;
      usd: number;
      tokens: number;
      estimated: boolean;
    };
    /** What the running period has cost so far, after every change. */
    'cost.spent': { period: BudgetPeriod; spentUsd: number; limitUsd: number };
    /** `warn_at_percent` of a limit is reached; once per period and process. */
    'cost.warning': { period: BudgetPeriod; spentUsd: number; limitUsd: number; percent: number };
    /** A limit is reached or has no room for a call; once per period and process. */
    'cost.exceeded': { period: BudgetPeriod; spentUsd: number; limitUsd: number };
    /** A call was refused or sent to the cheaper model. */
    'cost.enforced': { period: BudgetPeriod; action: 'blocked' | 'routed_down'; owner: string };
  }
}
