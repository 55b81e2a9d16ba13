import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../platform/database/database';
import type { CostTables } from './cost.tables';

/** A sum over calls; money in nano-USD. */
export interface UsageTotal {
  key: string;
  nano: number;
  tokens: number;
  calls: number;
  estimated: number;
}

/** Sums over a range of days, both included: `2026-01-31`. */
export interface DayRange {
  from: string;
  to: string;
}

/** Single calls that one report reads at the most: the embedded database reads on the gateway's own thread. */
const MOST_CALLS = 20_000;

const COLUMNS = [
  sql<number>`cast(sum(cost_nano) as bigint)`.as('nano'),
  sql<number>`cast(sum(input_tokens + output_tokens) as bigint)`.as('tokens'),
] as const;

/** Reads the books for people. */
@Injectable()
export class ReportRepository {
  constructor(private readonly database: Database) {}

  async byDay(range: DayRange): Promise<UsageTotal[]> {
    return this.sums(range).select('day as key').groupBy('day').orderBy('day').execute();
  }

  /** The most expensive first. */
  async byOwner(range: DayRange, limit: number): Promise<UsageTotal[]> {
    return this.sums(range).select('owner as key').groupBy('owner').orderBy('nano', 'desc').limit(limit).execute();
  }

  /** The most expensive first, out of the newest calls of the range that are still kept one by one. */
  async bySession({ from, to }: DayRange, limit: number): Promise<(UsageTotal & { owner: string })[]> {
    const rows = await this.tables
      .selectFrom((query) =>
        query
          .selectFrom('model_usage')
          .select(['session_id', 'owner', 'cost_nano', 'input_tokens', 'output_tokens', 'estimated'])
          .where('day', '>=', from)
          .where('day', '<=', to)
          .orderBy('day', 'desc')
          .limit(MOST_CALLS)
          .as('calls'),
      )
      .select(['session_id', 'owner'])
      .select([
        ...COLUMNS,
        sql<number>`cast(count(*) as bigint)`.as('calls'),
        sql<number>`cast(sum(estimated) as bigint)`.as('estimated'),
      ])
      .where('session_id', 'is not', null)
      .groupBy(['owner', 'session_id'])
      .orderBy('nano', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ session_id, ...row }) => ({ ...row, key: session_id ?? '' }));
  }

  private sums({ from, to }: DayRange) {
    return this.tables
      .selectFrom('model_usage_days')
      .select([
        ...COLUMNS,
        sql<number>`cast(sum(calls) as bigint)`.as('calls'),
        sql<number>`cast(sum(estimated_calls) as bigint)`.as('estimated'),
      ])
      .where('day', '>=', from)
      .where('day', '<=', to);
  }

  private get tables() {
    return this.database.tables<CostTables>();
  }
}
