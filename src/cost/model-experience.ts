import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database/database';
import { dayOf } from './budget-calendar';
import type { CostTables, UsageRow } from './cost.tables';

/** What calls of a model have turned out to be at the most. */
export interface Experience {
  outputTokens: number;
  /** Counted input in percent of the expected one. */
  inputPercent: number;
}

const WEEK_MS = 7 * 86_400_000;
const MOST_MODELS = 2_000;

/** How far the calls of each model went beyond what was expected of them in the last week, over restarts. */
@Injectable()
export class ModelExperience {
  private models = new Map<string, Experience>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  of(provider: string, model: string): Experience | undefined {
    return this.models.get(`${provider}/${model}`);
  }

  /** Takes up what is in the books of the last week, and forgets what is older. */
  async load(): Promise<void> {
    const rows = await this.database
      .tables<CostTables>()
      .selectFrom('model_usage_days')
      .select(['provider', 'model'])
      .select([
        sql<number>`cast(max(most_output) as bigint)`.as('output'),
        sql<number>`cast(max(most_input_percent) as bigint)`.as('input'),
      ])
      .where('day', '>=', dayOf(this.clock.now() - WEEK_MS))
      .where('most_input_percent', '>', 0)
      .groupBy(['provider', 'model'])
      .limit(MOST_MODELS)
      .execute();
    this.models = new Map(
      rows.map(({ provider, model, output, input }) => [
        `${provider}/${model}`,
        { outputTokens: output, inputPercent: input },
      ]),
    );
  }

  learn({ provider, model, expected_input, input_tokens, output_tokens }: UsageRow): void {
    if (expected_input === 0) return;
    const key = `${provider}/${model}`;
    const before = this.models.get(key);
    if (!before && this.models.size >= MOST_MODELS) return;
    this.models.set(key, {
      outputTokens: Math.max(before?.outputTokens ?? 0, output_tokens),
      inputPercent: Math.max(before?.inputPercent ?? 0, Math.ceil((100 * input_tokens) / expected_input)),
    });
  }
}
