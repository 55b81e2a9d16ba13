import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
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

  /** Adds the messages of one turn, all or none. */
  async append({ owner, id }: SessionKey, messages: readonly ChatMessage[], now: number): Promise<void> {
    const turn = randomUUID();
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

  private get tables() {
    return this.database.tables<SessionTables>();
  }
}
