import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { DatabaseDialect } from '../../platform/database/database';
import type { ChannelTables } from './queue.tables';

/** One of the two queues: its table, and its words for waiting and for being on the way. */
export interface QueueShape {
  table: keyof ChannelTables;
  waiting: string;
  busy: string;
}

export interface Taking {
  /** The process that takes. */
  holder: string;
  now: number;
  /** Until when the rows are its own, unless it renews them. */
  until: number;
  limit: number;
  /** Of this channel only. */
  channel?: string;
}

/**
 * Takes up to `limit` rows that are due, oldest first, as one atomic statement among any number of processes: the first waiting row of each
 * conversation that has none on its way, and rows whose process has died. Rejects when two processes met at one conversation; then nothing was taken.
 */
export async function takeDue<Row extends { seq: number }>(
  tables: Kysely<ChannelTables>,
  dialect: DatabaseDialect,
  { table, waiting, busy }: QueueShape,
  { holder, now, until, limit, channel }: Taking,
): Promise<Row[]> {
  // Words of ours, written out so that the partial indexes are seen to fit.
  const [wait, run] = [sql.lit(waiting), sql.lit(busy)];
  const ofChannel = channel === undefined ? sql`` : sql`and q.channel = ${channel}`;
  const locked = dialect === 'postgres' ? sql`for update skip locked` : sql``;
  const more = table === 'channel_outbox' ? sql`, part_attempts = part_attempts + 1` : sql``;
  const { rows } = await sql<Row>`
    with heads as (
      select q.seq from ${sql.table(table)} as q
      where q.status in (${wait}, ${run}) ${ofChannel}
        and (
          (q.status = ${run} and q.lease_until <= ${now})
          or (q.status = ${wait} and q.next_attempt_at <= ${now} and not exists (
            select 1 from ${sql.table(table)} as e
            where e.channel = q.channel and e.conversation = q.conversation and e.status in (${wait}, ${run})
              and (e.seq < q.seq or e.status = ${run})
          ))
        )
      order by q.seq
      limit ${limit}
      ${locked}
    )
    update ${sql.table(table)}
    set status = ${run}, holder = ${holder}, lease_until = ${until}, attempts = attempts + 1 ${more}
    where seq in (select seq from heads)
    returning *`.execute(tables);
  return rows.toSorted((a, b) => a.seq - b.seq);
}
