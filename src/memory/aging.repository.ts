import { Injectable } from '@nestjs/common';
import type { ExpressionBuilder } from 'kysely';
import { Database } from '../platform/database/database';
import { CONVERSATION, DAILY } from './memory';
import type { MemoryTables } from './memory.tables';
import type { WordIndex } from './word-index';
import { wordIndex } from './word-index';

type Row = ExpressionBuilder<MemoryTables, 'memories'>;

/** What happens to entries that have grown old, a batch at a time, so that nobody waits long for the database. */
@Injectable()
export class AgingRepository {
  private readonly words: WordIndex;

  constructor(private readonly database: Database) {
    this.words = wordIndex(database.dialect);
  }

  /** Takes daily entries that were last written before `before` out of lists and searches. Resolves with how many. */
  async archiveDaily(before: number, now: number, limit: number): Promise<number> {
    return this.tables.transaction().execute(async (transaction) => {
      const isOld = written(DAILY, before);
      const old = transaction.selectFrom('memories').select('seq').where(isOld).limit(limit);
      const archived = await transaction
        .updateTable('memories')
        .set({ archived_at: now })
        .where(isOld)
        .where('seq', 'in', old)
        .returning('seq')
        .execute();
      const seqs = archived.map(({ seq }) => seq);
      if (seqs.length > 0) await this.words.remove(transaction, seqs);
      return seqs.length;
    });
  }

  /** Deletes entries that were archived before `before`. Resolves with how many. */
  purgeArchived(before: number, limit: number): Promise<number> {
    return this.delete((row) => row('archived_at', '<', before), limit);
  }

  /** Deletes messages that were kept before `before`. Resolves with how many. */
  deleteConversation(before: number, limit: number): Promise<number> {
    return this.delete(written(CONVERSATION, before), limit);
  }

  /** The condition holds for the row that is deleted, not only for the one that was chosen: it may have been written anew between. */
  private async delete(isOld: (row: Row) => ReturnType<Row>, limit: number): Promise<number> {
    const old = this.tables.selectFrom('memories').select('seq').where(isOld).limit(limit);
    const gone = await this.tables
      .deleteFrom('memories')
      .where(isOld)
      .where('seq', 'in', old)
      .returning('seq')
      .execute();
    return gone.length;
  }

  private get tables() {
    return this.database.tables<MemoryTables>();
  }
}

function written(category: string, before: number) {
  return (row: Row) =>
    row.and([row('category', '=', category), row('updated_at', '<', before), row('archived_at', 'is', null)]);
}
