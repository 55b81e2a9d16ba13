import { randomUUID } from 'node:crypto';
import type { ReservationRow, UsageRow } from '../../src/cost/cost.tables';

/** A record of a test, with something in every column. */
export function record(fields: Partial<UsageRow> = {}): UsageRow {
  return {
    id: randomUUID(),
    created_at: Date.UTC(2026, 0, 10, 12),
    day: '2026-01-10',
    provider: 'upstream',
    model: 'gpt-test',
    owner: 'anna',
    session_id: null,
    door: 'openai',
    run_id: null,
    input_tokens: 100,
    output_tokens: 10,
    cached_tokens: 0,
    reasoning_tokens: 0,
    cost_nano: 1_000,
    estimated: 0,
    expected_input: 0,
    ...fields,
  };
}

export function reservation(fields: Partial<ReservationRow> = {}): ReservationRow {
  return {
    id: randomUUID(),
    instance: 'here',
    created_at: Date.UTC(2026, 0, 10, 12),
    expires_at: Date.UTC(2026, 0, 10, 12, 1),
    provider: 'upstream',
    model: 'gpt-test',
    owner: 'anna',
    session_id: null,
    door: 'openai',
    run_id: null,
    amount_nano: 5_000,
    input_tokens: 100,
    output_tokens: 256,
    cost_nano: 3_000,
    ...fields,
  };
}
