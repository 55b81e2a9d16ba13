export type BudgetPeriod = 'daily' | 'monthly';

/** `2026-01-31`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The first day of the period that `time` is in. */
export function firstDay(period: BudgetPeriod, time: number): string {
  const day = dayOf(time);
  return period === 'daily' ? day : `${day.slice(0, 8)}01`;
}

/** When the next period begins, milliseconds since the epoch. */
export function nextPeriod(period: BudgetPeriod, time: number): number {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return period === 'daily' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1);
}
