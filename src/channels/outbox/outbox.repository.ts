import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { Database } from '../../platform/database/database';
import type { DeliveryFailure } from '../core/delivery-error';
import type { ChannelTables, OutboxTable } from '../queue/queue.tables';
import { takeDue } from '../queue/take-due';
import type { Taking } from '../queue/take-due';

export type OutboxRow = Selectable<OutboxTable>;

/** An answer that is cut into parts and not stored yet. */
export interface NewAnswer {
  id: string;
  key: string;
  channel: string;
  conversation: string;
  parts: readonly string[];
  replyTo: string | undefined;
}

/** Why an attempt ended, and when the next one may begin. */
export interface FailedAttempt {
  failure: DeliveryFailure;
  error: string;
  nextAttemptAt: number;
}

const SHAPE = { table: 'channel_outbox', waiting: 'pending', busy: 'sending' } as const;

/** Answers in the database. Whoever has lost a row to another process changes nothing: methods that say so then resolve with false. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /** False when an answer of this key is there already. @param tables a transaction, where it belongs to one */
  async add(answer: NewAnswer, now: number, tables: Kysely<ChannelTables> = this.tables): Promise<boolean> {
    const row = {
      id: answer.id,
      key: answer.key,
      channel: answer.channel,
      conversation: answer.conversation,
      parts: JSON.stringify(answer.parts),
      reply_to: answer.replyTo ?? null,
      status: 'pending' as const,
      attempts: 0,
      next_attempt_at: now,
      part: 0,
      part_attempts: 0,
      queued_at: now,
      created_at: now,
    };
    const added = await tables
      .insertInto('channel_outbox')
      .values(row)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('id')
      .executeTakeFirst();
    return added !== undefined;
  }

  /** See takeDue. The attempt at the next part is written down with it. */
  take(taking: Taking): Promise<OutboxRow[]> {
    return takeDue(this.tables, this.database.dialect, SHAPE, taking);
  }

  async renew(rows: readonly OutboxRow[], until: number): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const holder = rows[0]?.holder ?? '';
    await this.tables
      .updateTable('channel_outbox')
      .set({ lease_until: until })
      .where('id', 'in', ids)
      .where('status', '=', 'sending')
      .where('holder', '=', holder)
      .execute();
  }

  /** The platform has confirmed the part before `part`, and the attempt at `part` begins. */
  advance(row: OutboxRow, part: number): Promise<boolean> {
    return this.change(row, { part, part_attempts: 1, failure: null, error: null });
  }

  /** The platform has confirmed all parts. */
  sent(row: OutboxRow, parts: number, now: number): Promise<boolean> {
    return this.change(row, { status: 'sent', part: parts, failure: null, error: null, finished_at: now, ...FREE });
  }

  /** Waits for another attempt. */
  putBack(row: OutboxRow, { failure, error, nextAttemptAt }: FailedAttempt): Promise<boolean> {
    return this.change(row, { status: 'pending', failure, error, next_attempt_at: nextAttemptAt, ...FREE });
  }

  /** Lets go of it as if it had not been taken up, except that the attempt stays counted. */
  release(row: OutboxRow, now: number): Promise<boolean> {
    return this.change(row, { status: 'pending', next_attempt_at: now, ...FREE });
  }

  bury(row: OutboxRow, failure: string, error: string, now: number): Promise<boolean> {
    return this.change(row, { status: 'dead', failure, error, finished_at: now, ...FREE });
  }

  /** What nobody delivers, because its channel is switched off, goes to the dead letters too. Resolves with their channels. */
  async buryExpired(before: number, now: number): Promise<string[]> {
    const rows = await this.tables
      .updateTable('channel_outbox')
      .set({ status: 'dead', failure: 'expired', finished_at: now })
      .where('status', '=', 'pending')
      .where('queued_at', '<', before)
      .returning('channel')
      .execute();
    return rows.map(({ channel }) => channel);
  }

  /** Everything that waits for the operator is due now: the configuration has changed. */
  async hurryCredentials(channel: string, now: number): Promise<void> {
    await this.tables
      .updateTable('channel_outbox')
      .set({ next_attempt_at: now })
      .where('status', '=', 'pending')
      .where('channel', '=', channel)
      .where('failure', '=', 'credentials')
      .execute();
  }

  /** At the boot of the only process on this database: what was on its way is nobody's. */
  async releaseOrphans(): Promise<void> {
    if (this.database.dialect !== 'sqlite') return;
    await this.tables.updateTable('channel_outbox').set({ lease_until: 0 }).where('status', '=', 'sending').execute();
  }

  private async change(row: OutboxRow, values: Partial<OutboxRow>): Promise<boolean> {
    const { numUpdatedRows } = await this.tables
      .updateTable('channel_outbox')
      .set(values)
      .where('id', '=', row.id)
      .where('status', '=', 'sending')
      .where('holder', '=', row.holder)
      .where('attempts', '=', row.attempts)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  private get tables() {
    return this.database.tables<ChannelTables>();
  }
}

const FREE = { holder: null, lease_until: null };
