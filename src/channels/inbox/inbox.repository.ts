import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { Database } from '../../platform/database/database';
import type { InboundMessage } from '../core/channel';
import type { ChannelTables, InboxTable } from '../queue/queue.tables';
import { takeDue } from '../queue/take-due';
import type { Taking } from '../queue/take-due';

export type InboxRow = Selectable<InboxTable>;

/** A message on its way into the inbox. */
export interface NewMessage {
  id: string;
  channel: string;
  messageId: string;
  message: InboundMessage;
}

const SHAPE = { table: 'channel_inbox', waiting: 'received', busy: 'running' } as const;

/** Messages in the database. Whoever has lost a row to another process changes nothing: methods that say so then resolve with false. */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: Database) {}

  /**
   * Claims messages as one atomic statement; resolves with the number of those that are new. One that went to the dead letters and that the
   * platform delivers again counts as new: somebody has asked for it.
   */
  async claim(messages: readonly NewMessage[], now: number): Promise<number> {
    const rows = messages.map(({ id, channel, messageId, message }) => ({
      id,
      channel,
      message_id: messageId,
      conversation: message.conversation,
      sender: message.sender,
      message: JSON.stringify(message),
      status: 'received' as const,
      attempts: 0,
      next_attempt_at: now,
      by_hand: 0,
      sent_at: message.sentAt,
      received_at: now,
    }));
    const claimed = await this.tables
      .insertInto('channel_inbox')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['channel', 'message_id'])
          .doUpdateSet({ status: 'received', attempts: 0, next_attempt_at: now, by_hand: 1, finished_at: null })
          .where('channel_inbox.status', '=', 'dead'),
      )
      .returning('id')
      .execute();
    return claimed.length;
  }

  /** See takeDue. */
  take(taking: Taking): Promise<InboxRow[]> {
    return takeDue(this.tables, this.database.dialect, SHAPE, taking);
  }

  async renew(rows: readonly InboxRow[], until: number): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const holder = rows[0]?.holder ?? '';
    await this.tables
      .updateTable('channel_inbox')
      .set({ lease_until: until })
      .where('id', 'in', ids)
      .where('status', '=', 'running')
      .where('holder', '=', holder)
      .execute();
  }

  /** Ends the work on a message, in one transaction with what `also` writes. */
  async finish(
    row: InboxRow,
    end: { status: 'answered' | 'ignored_old' | 'dead'; error?: string },
    now: number,
    also: (transaction: Kysely<ChannelTables>) => Promise<unknown> = async () => undefined,
  ): Promise<boolean> {
    return this.tables.transaction().execute(async (transaction) => {
      const values = { status: end.status, error: end.error ?? null, finished_at: now, ...FREE };
      const isOurs = await change(transaction, row, values);
      if (isOurs) await also(transaction);
      return isOurs;
    });
  }

  /** Waits for another attempt. */
  putBack(row: InboxRow, error: string, nextAttemptAt: number): Promise<boolean> {
    return change(this.tables, row, { status: 'received', error, next_attempt_at: nextAttemptAt, ...FREE });
  }

  /** Lets go of it as if it had not been taken up. */
  release(row: InboxRow, nextAttemptAt: number): Promise<boolean> {
    const attempts = row.attempts - 1;
    return change(this.tables, row, { status: 'received', attempts, next_attempt_at: nextAttemptAt, ...FREE });
  }

  /** At the boot of the only process on this database: what was on its way is nobody's. */
  async releaseOrphans(): Promise<void> {
    if (this.database.dialect !== 'sqlite') return;
    await this.tables.updateTable('channel_inbox').set({ lease_until: 0 }).where('status', '=', 'running').execute();
  }

  private get tables() {
    return this.database.tables<ChannelTables>();
  }
}

const FREE = { holder: null, lease_until: null };

async function change(tables: Kysely<ChannelTables>, row: InboxRow, values: Partial<InboxRow>): Promise<boolean> {
  const { numUpdatedRows } = await tables
    .updateTable('channel_inbox')
    .set(values)
    .where('id', '=', row.id)
    .where('status', '=', 'running')
    .where('holder', '=', row.holder)
    .where('attempts', '=', row.attempts)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
