import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Database } from '../platform/database/database';
import { firstDay } from './budget-calendar';
import type { CostTables, ReservationRow } from './cost.tables';

/** A database takes only so many parameters in one statement. */
const ROWS_AT_ONCE = 200;

/** What has been spent and set aside at one moment; nano-USD. */
export interface BudgetState {
  daily: number;
  monthly: number;
  reserved: number;
  /** `provider/model` of the calls that are being made. */
  running: Set<string>;
}

/** Calls that are being made, by whatever process, and the money that is set aside for them. */
@Injectable()
export class ReservationRepository {
  constructor(private readonly database: Database) {}

  /**
   * Shows `decide` the state of the budgets and sets aside what it wants. No other process decides between the two,
   * so that together they never give away the same money twice.
   */
  async admit(now: number, decide: (state: BudgetState) => ReservationRow[]): Promise<void> {
    await this.tables.transaction().execute(async (transaction) => {
      // The embedded dialect's transactions hold the write lock from their beginning.
      if (this.database.dialect === 'postgres') {
        await sql`select pg_advisory_xact_lock(hashtext(current_schema()), hashtext('cost_reservations'))`.execute(
          transaction,
        );
      }
      const rows = decide(await state(transaction, now));
      for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
        const some = rows.slice(start, start + ROWS_AT_ONCE);
        await transaction.insertInto('cost_reservations').values(some).execute();
      }
    });
  }

  async reserved(): Promise<number> {
    const { reserved } = await this.tables
      .selectFrom('cost_reservations')
      .select(sql<number>`cast(coalesce(sum(amount_nano), 0) as bigint)`.as('reserved'))
      .executeTakeFirstOrThrow();
    return reserved;
  }

  private get tables() {
    return this.database.tables<CostTables>();
  }
}

/** One statement, because a settlement between two of them would move money from the one sum to the other unseen. */
async function state(db: Kysely<CostTables>, now: number): Promise<BudgetState> {
  const { rows } = await sql<{ kind: string; nano: number }>`
    select 'daily' as kind, cast(coalesce(sum(spent_nano), 0) as bigint) as nano
      from cost_days where day >= ${firstDay('daily', now)}
    union all
    select 'monthly', cast(coalesce(sum(spent_nano), 0) as bigint)
      from cost_days where day >= ${firstDay('monthly', now)}
    union all
    select 'call:' || provider || '/' || model, cast(sum(amount_nano) as bigint)
      from cost_reservations group by provider, model`.execute(db);
  const found: BudgetState = { daily: 0, monthly: 0, reserved: 0, running: new Set() };
  for (const { kind, nano } of rows) {
    if (kind === 'daily' || kind === 'monthly') found[kind] = nano;
    else {
      found.reserved += nano;
      found.running.add(kind.slice('call:'.length));
    }
  }
  return found;
}
