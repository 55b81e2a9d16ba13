import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Database } from '../platform/database/database';
import { sumByDay } from './usage-sums';
import type { CostTables, ReservationRow, UsageDayRow, UsageRow } from './cost.tables';

/** A database takes only so many parameters in one statement. */
const ROWS_AT_ONCE = 200;

/**
 * The books. A record has the id of its reservation and replaces what stands under it, so writing one twice, or the true one after the
 * estimate of a process that was taken for dead, leaves the sums right.
 */
@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  /** One process has the database to itself. */
  get isEmbedded(): boolean {
    return this.database.dialect === 'sqlite';
  }

  /** Enters records, gives back what was set aside for them and for `released`, and sets aside `opened`; all or nothing. */
  async settle(records: readonly UsageRow[], released: readonly string[], opened: ReservationRow[]): Promise<void> {
    await this.tables.transaction().execute(async (transaction) => {
      for (const some of chunks(records)) await enter(transaction, some);
      for (const some of chunks(released)) {
        await transaction.deleteFrom('cost_reservations').where('id', 'in', some).execute();
      }
      for (const some of chunks(opened)) await transaction.insertInto('cost_reservations').values(some).execute();
    });
  }

  /** Books the calls of dead processes as they were expected to be. `instance` is spared, also when its clock has jumped. */
  async bookAbandoned(now: number, instance: string, toRecord: (row: ReservationRow) => UsageRow): Promise<UsageRow[]> {
    return this.tables.transaction().execute(async (transaction) => {
      const gone = await transaction
        .deleteFrom('cost_reservations')
        .where('expires_at', '<=', now)
        .where('instance', '!=', instance)
        .returningAll()
        .execute();
      const records = gone.map(toRecord);
      for (const some of chunks(records)) await enter(transaction, some);
      return records;
    });
  }

  /** Keeps the reservations of a living process. */
  async renew(instance: string, until: number): Promise<void> {
    await this.tables
      .updateTable('cost_reservations')
      .set({ expires_at: until })
      .where('instance', '=', instance)
      .execute();
  }

  /** What was spent from `day` on. Days to come count too: they are there after a clock has been set back. */
  async spentSince(day: string): Promise<number> {
    const { spent } = await this.tables
      .selectFrom('cost_days')
      .select(sql<number>`cast(coalesce(sum(spent_nano), 0) as bigint)`.as('spent'))
      .where('day', '>=', day)
      .executeTakeFirstOrThrow();
    return spent;
  }

  /** Removes up to `limit` single calls of the days before `day`; resolves with how many. */
  async forgetCalls(day: string, limit: number): Promise<number> {
    const { numDeletedRows } = await this.tables
      .deleteFrom('model_usage')
      .where('id', 'in', (query) => query.selectFrom('model_usage').select('id').where('day', '<', day).limit(limit))
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  /** Removes the sums of the days before `day`. */
  async forgetDays(day: string): Promise<void> {
    await this.tables.deleteFrom('model_usage_days').where('day', '<', day).execute();
    await this.tables.deleteFrom('cost_days').where('day', '<', day).execute();
  }

  private get tables() {
    return this.database.tables<CostTables>();
  }
}

async function enter(db: Kysely<CostTables>, records: readonly UsageRow[]): Promise<void> {
  const ids = records.map(({ id }) => id);
  // First of all: another process that is about to book the same call waits here.
  await db.deleteFrom('cost_reservations').where('id', 'in', ids).execute();
  const replaced = await db.selectFrom('model_usage').selectAll().where('id', 'in', ids).execute();
  if (replaced.length > 0) await db.deleteFrom('model_usage').where('id', 'in', ids).execute();
  await db
    .insertInto('model_usage')
    .values([...records])
    .execute();
  const sums = sumByDay(records, replaced);
  for (const sum of sums) await addToDay(db, sum);
  const spent = Map.groupBy(sums, ({ day }) => day);
  for (const day of [...spent.keys()].sort()) {
    const nano = spent.get(day)?.reduce((total, { cost_nano }) => total + cost_nano, 0) ?? 0;
    await db
      .insertInto('cost_days')
      .values({ day, spent_nano: nano })
      .onConflict((conflict) =>
        conflict.column('day').doUpdateSet({ spent_nano: sql`cost_days.spent_nano + excluded.spent_nano` }),
      )
      .execute();
  }
}

const ADDED = [
  'calls',
  'estimated_calls',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'cost_nano',
] as const;

async function addToDay(db: Kysely<CostTables>, sum: UsageDayRow): Promise<void> {
  const added = ADDED.map((name) => [name, sql`model_usage_days.${sql.ref(name)} + excluded.${sql.ref(name)}`]);
  const most = (['most_output', 'most_input_percent'] as const).map((name) => {
    const [old, fresh] = [sql`model_usage_days.${sql.ref(name)}`, sql`excluded.${sql.ref(name)}`];
    return [name, sql`case when ${fresh} > ${old} then ${fresh} else ${old} end`];
  });
  await db
    .insertInto('model_usage_days')
    .values(sum)
    .onConflict((conflict) =>
      conflict.columns(['day', 'provider', 'model', 'owner']).doUpdateSet(Object.fromEntries([...added, ...most])),
    )
    .execute();
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += ROWS_AT_ONCE) yield items.slice(start, start + ROWS_AT_ONCE);
}
