import type { UsageDayRow, UsageRow } from './cost.tables';

/** What `records` add to the sums of their days, less what the records they replace had added. In a fixed order, so that two writers never wait for each other. */
export function sumByDay(records: readonly UsageRow[], replaced: readonly UsageRow[]): UsageDayRow[] {
  const sums = new Map<string, UsageDayRow>();
  for (const record of records) add(sums, record, 1);
  for (const record of replaced) add(sums, record, -1);
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}

function add(sums: Map<string, UsageDayRow>, record: UsageRow, sign: 1 | -1): void {
  const { day, provider, model, owner } = record;
  const key = JSON.stringify([day, provider, model, owner]);
  const sum = sums.get(key) ?? emptyDay(record);
  sums.set(key, sum);
  sum.calls += sign;
  sum.estimated_calls += sign * record.estimated;
  sum.input_tokens += sign * record.input_tokens;
  sum.output_tokens += sign * record.output_tokens;
  sum.cached_tokens += sign * record.cached_tokens;
  sum.reasoning_tokens += sign * record.reasoning_tokens;
  sum.cost_nano += sign * record.cost_nano;
  if (sign === 1 && record.expected_input > 0) learn(sum, record);
}

function learn(sum: UsageDayRow, { input_tokens, output_tokens, expected_input }: UsageRow): void {
  sum.most_output = Math.max(sum.most_output, output_tokens);
  sum.most_input_percent = Math.max(sum.most_input_percent, Math.ceil((100 * input_tokens) / expected_input));
}

function emptyDay({ day, provider, model, owner }: UsageRow): UsageDayRow {
  return {
    day,
    provider,
    model,
    owner,
    calls: 0,
    estimated_calls: 0,
    input_tokens: 0,
    output_tokens: 0,
    cached_tokens: 0,
    reasoning_tokens: 0,
    cost_nano: 0,
    most_output: 0,
    most_input_percent: 0,
  };
}
