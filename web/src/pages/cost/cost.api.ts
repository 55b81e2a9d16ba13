import { request } from '../../api/request';

interface Line {
  cost_usd: number;
  total_tokens: number;
  request_count: number;
  /** Calls whose tokens or prices are estimates. */
  estimated_count: number;
}

export interface Cost {
  session_cost_usd: number;
  daily_cost_usd: number;
  monthly_cost_usd: number;
  total_tokens: number;
  request_count: number;
  by_model: Record<string, { model: string; cost_usd: number; total_tokens: number; request_count: number }>;
  enabled: boolean;
  budget: { daily_limit_usd: number; monthly_limit_usd: number; reserved_usd: number; mode: string };
  from: string;
  to: string;
  by_day: (Line & { day: string })[];
  by_token: (Line & { token_id: string })[];
  by_session: (Line & { session_id: string; token_id: string })[];
}

export async function readCost(): Promise<Cost> {
  return (await request<{ cost: Cost }>('/api/cost')).cost;
}

const usd = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
const count = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function sayUsd(amount: number): string {
  return usd.format(amount);
}

export function sayCount(amount: number): string {
  return count.format(amount);
}
