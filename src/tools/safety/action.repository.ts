import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../platform/database/database';

interface ActionTables {
  tool_actions: { id: string; acted_at: number };
}

/** When the agent acted, as far back as the budget looks. */
@Injectable()
export class ActionRepository {
  constructor(private readonly database: Database) {}

  /** Notes one action unless there are `limit` of them since `since`; older ones are forgotten. Of any number at once no more than the limit pass. */
  async take(now: number, since: number, limit: number): Promise<boolean> {
    return this.tables.transaction().execute(async (transaction) => {
      if (this.database.dialect === 'postgres') {
        await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '.tool_actions'))`.execute(transaction);
      }
      await transaction.deleteFrom('tool_actions').where('acted_at', '<=', since).execute();
      const { count } = await transaction
        .selectFrom('tool_actions')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      if (Number(count) >= limit) return false;
      await transaction.insertInto('tool_actions').values({ id: randomUUID(), acted_at: now }).execute();
      return true;
    });
  }

  async countSince(since: number): Promise<{ count: number; oldest: number | undefined }> {
    const row = await this.tables
      .selectFrom('tool_actions')
      .select(({ fn }) => [fn.countAll().as('count'), fn.min('acted_at').as('oldest')])
      .where('acted_at', '>', since)
      .executeTakeFirstOrThrow();
    return { count: Number(row.count), oldest: row.oldest === null ? undefined : Number(row.oldest) };
  }

  private get tables() {
    return this.database.tables<ActionTables>();
  }
}
