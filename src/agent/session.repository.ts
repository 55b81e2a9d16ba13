import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { Database } from '../platform/database/database';
import type { ChatMessage } from '../providers/provider';
import type { StoredMessage } from './history';
import { estimateTokens } from './token-estimate';
import type { SessionTables } from './session.tables';

/** A session of one owner; the same id of another owner is another session. */
export interface SessionKey {
  owner: string;
  id: string;
}

/** A session without what was said in it. Times are milliseconds since the epoch. */
export interface Session extends SessionKey {
  createdAt: number;
  updatedAt: number;
}

/** One message of a session. */
export interface SessionMessage {
  /** Ascends within the session. */
  seq: number;
  at: number;
  message: ChatMessage;
}

/** Where the next page of a list of sessions begins: after this one. */
export type SessionPlace = Pick<Session, 'updatedAt' | 'id'>;

/** Conversations in the database. What `append` has resolved survives a crash of the process. */
@Injectable()
export class SessionRepository {
  constructor(private readonly database: Database) {}

  /** The newest `limit` messages, oldest first. */
  async latest({ owner, id }: SessionKey, limit: number): Promise<StoredMessage[]> {
    const rows = await this.tables
      .selectFrom('session_messages')
      .select('message')
      .where('owner', '=', owner)
      .where('session_id', '=', id)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
    return rows
      .map(({ message }) => ({ message: JSON.parse(message) as ChatMessage, tokens: estimateTokens(message) }))
      .toReversed();
  }

  /**
   * Adds the messages of one turn, all or none. With a `turn` that is there already nothing is added: a turn that was run again because
   * its process died is kept once.
   */
  async append(
    { owner, id }: SessionKey,
    messages: readonly ChatMessage[],
    now: number,
    turn: string = randomUUID(),
  ): Promise<void> {
    const rows = messages.map((message) => ({
      owner,
      session_id: id,
      turn_id: turn,
      role: message.role,
      message: JSON.stringify(message),
      created_at: now,
    }));
    await this.tables.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('sessions')
        .values({ owner, id, created_at: now, updated_at: now })
        .onConflict((conflict) => conflict.columns(['owner', 'id']).doUpdateSet({ updated_at: now }))
        .execute();
      // The row of the session is locked by now, so no other process adds the same turn meanwhile.
      if (await turnIsThere(transaction, { owner, id }, turn)) return;
      if (rows.length > 0) await transaction.insertInto('session_messages').values(rows).execute();
    });
  }

  /** Forgets all but the newest `keep` messages. */
  async trim({ owner, id }: SessionKey, keep: number): Promise<void> {
    const oldestKept = this.tables
      .selectFrom('session_messages')
      .select('seq')
      .where('owner', '=', owner)
      .where('session_id', '=', id)
      .orderBy('seq', 'desc')
      .limit(1)
      .offset(keep - 1);
    await this.tables
      .deleteFrom('session_messages')
      .where('owner', '=', owner)
      .where('session_id', '=', id)
      .where('seq', '<', oldestKept)
      .execute();
  }

  /** Deletes sessions that were last used before `before`, with their messages. Resolves with how many. */
  async deleteUnused(before: number): Promise<number> {
    return this.tables.transaction().execute(async (transaction) => {
      const gone = await transaction
        .deleteFrom('sessions')
        .where('updated_at', '<', before)
        .returning(['owner', 'id'])
        .execute();
      for (const { owner, id } of gone) {
        await transaction
          .deleteFrom('session_messages')
          .where('owner', '=', owner)
          .where('session_id', '=', id)
          .execute();
      }
      return gone.length;
    });
  }

  /** What the model said last in a turn; undefined when there is no such turn, or it ended without a word. */
  async answerOf({ owner, id }: SessionKey, turn: string): Promise<string | undefined> {
    const row = await this.tables
      .selectFrom('session_messages')
      .select('message')
      .where('owner', '=', owner)
      .where('session_id', '=', id)
      .where('turn_id', '=', turn)
      .where('role', '=', 'assistant')
      .orderBy('seq', 'desc')
      .executeTakeFirst();
    const content = row && (JSON.parse(row.message) as ChatMessage).content;
    return typeof content === 'string' ? content : undefined;
  }

  async find({ owner, id }: SessionKey): Promise<Session | undefined> {
    const row = await this.tables
      .selectFrom('sessions')
      .selectAll()
      .where('owner', '=', owner)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && sessionOf(row);
  }

  /** Those used last come first. */
  async list(owner: string, limit: number, after?: SessionPlace): Promise<Session[]> {
    let query = this.tables.selectFrom('sessions').selectAll().where('owner', '=', owner);
    if (after) {
      query = query.where((is) =>
        is.or([
          is('updated_at', '<', after.updatedAt),
          is.and([is('updated_at', '=', after.updatedAt), is('id', '>', after.id)]),
        ]),
      );
    }
    const rows = await query.orderBy('updated_at', 'desc').orderBy('id').limit(limit).execute();
    return rows.map(sessionOf);
  }

  /** The newest `limit` messages of people and the model from before `before`, oldest first; tool traffic is left out. */
  async said({ owner, id }: SessionKey, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<SessionMessage[]> {
    const rows = await this.tables
      .selectFrom('session_messages')
      .select(['seq', 'created_at', 'message'])
      .where('owner', '=', owner)
      .where('session_id', '=', id)
      .where('role', 'in', ['user', 'assistant'])
      .where('seq', '<', before)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
    return rows
      .map(({ seq, created_at, message }) => ({ seq, at: created_at, message: JSON.parse(message) as ChatMessage }))
      .toReversed();
  }

  /** The earliest message of people that each of these sessions still has, by session id. */
  async opened(owner: string, ids: readonly string[]): Promise<Map<string, ChatMessage>> {
    if (ids.length === 0) return new Map();
    const first = this.tables
      .selectFrom('session_messages')
      .select(({ fn }) => fn.min('seq').as('seq'))
      .where('owner', '=', owner)
      .where('session_id', 'in', ids)
      .where('role', '=', 'user')
      .groupBy('session_id');
    const rows = await this.tables
      .selectFrom('session_messages')
      .select(['session_id', 'message'])
      .where('seq', 'in', first)
      .execute();
    return new Map(rows.map(({ session_id, message }) => [session_id, JSON.parse(message) as ChatMessage]));
  }

  /** With everything that was said in it; false when there was none. */
  async delete({ owner, id }: SessionKey): Promise<boolean> {
    return this.tables.transaction().execute(async (transaction) => {
      const gone = await transaction
        .deleteFrom('sessions')
        .where('owner', '=', owner)
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst();
      await transaction
        .deleteFrom('session_messages')
        .where('owner', '=', owner)
        .where('session_id', '=', id)
        .execute();
      return gone !== undefined;
    });
  }

  private get tables() {
    return this.database.tables<SessionTables>();
  }
}

async function turnIsThere(tables: Kysely<SessionTables>, { owner, id }: SessionKey, turn: string): Promise<boolean> {
  const row = await tables
    .selectFrom('session_messages')
    .select('seq')
    .where('owner', '=', owner)
    .where('session_id', '=', id)
    .where('turn_id', '=', turn)
    .executeTakeFirst();
  return row !== undefined;
}

function sessionOf({ owner, id, created_at, updated_at }: Selectable<SessionTables['sessions']>): Session {
  return { owner, id, createdAt: created_at, updatedAt: updated_at };
}
