import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../platform/database/database';
import type { ChannelTables, InboxStatus, OutboxStatus } from '../queue/queue.tables';
import type { InboxRow } from '../inbox/inbox.repository';
import type { OutboxRow } from '../outbox/outbox.repository';

export interface LetterFilter {
  channel: string;
  /** All but the deleted ones when left out. */
  status?: string;
  /** Only those before this place of the list. */
  before?: number;
}

/** What is in the queues of a channel. Times are milliseconds since the epoch. */
export interface QueueState {
  channel: string;
  inbound: Partial<Record<InboxStatus, number>>;
  outbound: Partial<Record<OutboxStatus, number>>;
  /** Since when the oldest message waits that is neither answered nor given up. */
  oldestWaitingSince: number | undefined;
}

export interface LatestTimes {
  receivedAt: number | undefined;
  sentAt: number | undefined;
}

/** Both queues as operators see them. */
@Injectable()
export class LettersRepository {
  constructor(private readonly database: Database) {}

  /** The newest first. */
  async inbound({ channel, status, before }: LetterFilter, limit: number): Promise<InboxRow[]> {
    let query = this.tables.selectFrom('channel_inbox').selectAll().where('channel', '=', channel);
    query =
      status === undefined ? query.where('status', '!=', 'deleted') : query.where('status', '=', status as InboxStatus);
    if (before !== undefined) query = query.where('seq', '<', before);
    return query.orderBy('seq', 'desc').limit(limit).execute();
  }

  /** The newest first. */
  async outbound({ channel, status, before }: LetterFilter, limit: number): Promise<OutboxRow[]> {
    let query = this.tables.selectFrom('channel_outbox').selectAll().where('channel', '=', channel);
    query =
      status === undefined
        ? query.where('status', '!=', 'deleted')
        : query.where('status', '=', status as OutboxStatus);
    if (before !== undefined) query = query.where('seq', '<', before);
    return query.orderBy('seq', 'desc').limit(limit).execute();
  }

  async findInbound(id: string): Promise<InboxRow | undefined> {
    return this.tables.selectFrom('channel_inbox').selectAll().where('id', '=', id).executeTakeFirst();
  }

  async findOutbound(id: string): Promise<OutboxRow | undefined> {
    return this.tables.selectFrom('channel_outbox').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Back into the queue, if it waits for nothing but a person. Resolves with its channel. */
  async retryInbound(id: string, now: number): Promise<string | undefined> {
    const row = await this.tables
      .updateTable('channel_inbox')
      .set({ status: 'received', attempts: 0, by_hand: 1, next_attempt_at: now, finished_at: null })
      .where('id', '=', id)
      .where('status', 'in', ['dead', 'ignored_old'])
      .returning('channel')
      .executeTakeFirst();
    return row?.channel;
  }

  /** Goes on at the first part that was not confirmed; one that only waits for its time is due now. */
  async retryOutbound(id: string, now: number): Promise<string | undefined> {
    const row = await this.tables
      .updateTable('channel_outbox')
      .set({ status: 'pending', queued_at: now, next_attempt_at: now, finished_at: null })
      .where('id', '=', id)
      .where('status', 'in', ['dead', 'pending'])
      .returning('channel')
      .executeTakeFirst();
    return row?.channel;
  }

  /** Forgets what was said; the claim stays, so that the platform cannot bring it again. Not while it is being answered. */
  async eraseInbound(id: string, now: number): Promise<string | undefined> {
    const row = await this.tables
      .updateTable('channel_inbox')
      .set({ status: 'deleted', message: '{}', sender: '', conversation: '', error: null, finished_at: now })
      .where('id', '=', id)
      .where('status', 'not in', ['running', 'deleted'])
      .returning('channel')
      .executeTakeFirst();
    return row?.channel;
  }

  /** The same for an answer. Not while it is being sent. */
  async eraseOutbound(id: string, now: number): Promise<string | undefined> {
    const row = await this.tables
      .updateTable('channel_outbox')
      .set({ status: 'deleted', parts: '[]', conversation: '', reply_to: null, error: null, finished_at: now })
      .where('id', '=', id)
      .where('status', 'not in', ['sending', 'deleted'])
      .returning('channel')
      .executeTakeFirst();
    return row?.channel;
  }

  /** Of these channels. Looks only at rows that wait, are on their way, or are dead letters, which are few. */
  async states(channels: readonly string[]): Promise<Map<string, QueueState>> {
    const states = new Map<string, QueueState>();
    if (channels.length === 0) return states;
    const inbound = await this.tables
      .selectFrom('channel_inbox')
      .select(({ fn }) => ['channel', 'status', fn.countAll<number>().as('count'), fn.min('received_at').as('since')])
      .where('channel', 'in', channels)
      .where('status', 'in', ['received', 'running', 'dead'])
      .groupBy(['channel', 'status'])
      .execute();
    const outbound = await this.tables
      .selectFrom('channel_outbox')
      .select(({ fn }) => ['channel', 'status', fn.countAll<number>().as('count')])
      .where('channel', 'in', channels)
      .where('status', 'in', ['pending', 'sending', 'dead'])
      .groupBy(['channel', 'status'])
      .execute();
    for (const { channel, status, count, since } of inbound) {
      const state = stateOf(states, channel);
      state.inbound[status] = Number(count);
      if (status !== 'dead') state.oldestWaitingSince = Math.min(state.oldestWaitingSince ?? since, since);
    }
    for (const { channel, status, count } of outbound) stateOf(states, channel).outbound[status] = Number(count);
    return states;
  }

  async latest(channel: string): Promise<LatestTimes> {
    const received = await this.tables
      .selectFrom('channel_inbox')
      .select('received_at')
      .where('channel', '=', channel)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    const sent = await this.tables
      .selectFrom('channel_outbox')
      .select('finished_at')
      .where('channel', '=', channel)
      .where('status', '=', 'sent')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return { receivedAt: received?.received_at, sentAt: sent?.finished_at ?? undefined };
  }

  /** The newest failure that has not been got over. */
  async lastError(channel: string): Promise<string | undefined> {
    const answer = await this.tables
      .selectFrom('channel_outbox')
      .select('error')
      .where('channel', '=', channel)
      .where('status', 'in', ['pending', 'sending', 'dead'])
      .where('error', 'is not', null)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return answer?.error ?? undefined;
  }

  /** Removes up to `limit` finished rows of each queue that were finished before `before`; resolves with how many. */
  async forget(before: number, limit: number): Promise<number> {
    let gone = 0;
    for (const table of ['channel_inbox', 'channel_outbox'] as const) {
      const { numAffectedRows } = await sql`delete from ${sql.table(table)} where seq in (
        select seq from ${sql.table(table)} where finished_at < ${before} limit ${limit})`.execute(this.tables);
      gone += Number(numAffectedRows ?? 0);
    }
    return gone;
  }

  private get tables() {
    return this.database.tables<ChannelTables>();
  }
}

function stateOf(states: Map<string, QueueState>, channel: string): QueueState {
  const known = states.get(channel);
  if (known) return known;
  const state: QueueState = { channel, inbound: {}, outbound: {}, oldestWaitingSince: undefined };
  states.set(channel, state);
  return state;
}
