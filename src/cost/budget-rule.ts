import type { BudgetPeriod } from './budget-calendar';
import type { BudgetState } from './reservation.repository';

/** A call that wants to be made; nano-USD. */
export interface Candidate {
  /** `provider/model`. */
  model: string;
  /** What it will probably cost. */
  expected: number;
  /** What it will hardly exceed; set aside while it runs. */
  most: number;
  /** Earlier calls of the model have shown what to expect of it. */
  proven: boolean;
}

export type Limits = Record<BudgetPeriod, number>;

export type Verdict =
  { kind: 'admit'; amount: number } | { kind: 'wait' } | { kind: 'exceeded'; period: BudgetPeriod; spent: number };

/**
 * Whether a call may begin. It may not when what it will probably cost no longer fits. Calls side by side have to fit together with what each
 * may cost at the most; one that does not fit so waits for those that run, and when none runs it may go ahead: that one call is all
 * by which a limit can be passed. The first calls of an unknown model go one at a time.
 */
export function judge(state: BudgetState, limits: Limits, call: Candidate): Verdict {
  if (call.most === 0) return { kind: 'admit', amount: 0 };
  for (const period of ['daily', 'monthly'] as const) {
    const spent = state[period];
    if (spent + call.expected > limits[period]) return { kind: 'exceeded', period, spent };
  }
  const left = Math.min(limits.daily - state.daily, limits.monthly - state.monthly);
  if (state.reserved === 0) return { kind: 'admit', amount: Math.min(call.most, left) };
  if (!call.proven && state.running.has(call.model)) return { kind: 'wait' };
  return state.reserved + call.most <= left ? { kind: 'admit', amount: call.most } : { kind: 'wait' };
}
