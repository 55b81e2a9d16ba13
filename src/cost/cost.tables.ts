/** Who a call was made for. */
interface CallerColumns {
  owner: string;
  session_id: string | null;
  door: string;
  run_id: string | null;
}

/** One model call that was made. Times are milliseconds since the epoch, money is nano-USD. */
export interface UsageRow extends CallerColumns {
  id: string;
  created_at: number;
  /** `2026-01-31`, UTC, of `created_at`: the day it counts for. */
  day: string;
  provider: string;
  model: string;
  input_tokens: number;
  output_tokens: number;
  /** Parts of the two above. */
  cached_tokens: number;
  reasoning_tokens: number;
  cost_nano: number;
  /** 1 when tokens or price are our estimate. */
  estimated: number;
  /** Input tokens that we expected before a call that went to its end; 0 where nobody asked. */
  expected_input: number;
}

/** A call that is being made, and what it would be booked as should its process die. */
export interface ReservationRow extends CallerColumns {
  /** Becomes the id of the record. */
  id: string;
  /** The process that makes it. */
  instance: string;
  created_at: number;
  /** Moved on by its process; one that is over belongs to a process that died. */
  expires_at: number;
  provider: string;
  model: string;
  /** What is set aside. */
  amount_nano: number;
  /** What is expected. */
  input_tokens: number;
  output_tokens: number;
  cost_nano: number;
}

/** Sums per day, model and owner, kept up with every record, so that reports never read the single calls. */
export interface UsageDayRow {
  day: string;
  provider: string;
  model: string;
  owner: string;
  calls: number;
  estimated_calls: number;
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  reasoning_tokens: number;
  cost_nano: number;
  /** The most output tokens of one call. */
  most_output: number;
  /** The most that the host counted for one input in percent of our estimate. */
  most_input_percent: number;
}

export interface CostTables {
  model_usage: UsageRow;
  model_usage_days: UsageDayRow;
  cost_reservations: ReservationRow;
  /** What each day has cost: the budgets' ledger. */
  cost_days: { day: string; spent_nano: number };
}
