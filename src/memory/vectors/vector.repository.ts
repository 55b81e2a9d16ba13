import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { MemoryTables } from '../memory.tables';
import type { Nearby, VectorIndex } from './vector-index';
import { vectorIndex } from './vector-index';

/** An entry that has no vector of the current model. */
export interface Waiting {
  seq: number;
  key: string;
  content: string;
}

/** Vectors of entries. Which entries still wait for one is in the database, so a restart forgets nothing and a full queue loses nothing. */
@Injectable()
export class VectorRepository {
  private readonly vectors: VectorIndex;
  private prepared: Promise<string | undefined> | undefined;
  private isReady = false;

  constructor(private readonly database: Database) {
    this.vectors = vectorIndex(database.dialect);
  }

  /** Makes ready what vectors need, once. Resolves with a sentence when this database cannot keep any. */
  prepare(): Promise<string | undefined> {
    this.prepared ??= this.vectors.prepare(this.tables).then((problem) => {
      this.isReady = problem === undefined;
      return problem;
    });
    return this.prepared;
  }

  /** True once vectors can be kept and compared. */
  get ready(): boolean {
    return this.isReady;
  }

  /** The newest entries without a vector. */
  waiting(limit: number): Promise<Waiting[]> {
    return this.tables
      .selectFrom('memories')
      .select(['seq', 'key', 'content'])
      .where('vector_model', 'is', null)
      .where('archived_at', 'is', null)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
  }

  /** Entries with a vector of another model wait again. Resolves with how many, `limit` at the most. */
  async outdate(model: string, limit: number): Promise<number> {
    const { tables } = this;
    let count = 0;
    // Each is a range of the index; "not equal" would read all of it.
    for (const side of ['<', '>'] as const) {
      const others = tables.selectFrom('memories').select('seq').where('vector_model', side, model).limit(limit);
      const rows = await tables
        .updateTable('memories')
        .set({ vector_model: null })
        .where('seq', 'in', others)
        .returning('seq')
        .execute();
      count += rows.length;
    }
    return count;
  }

  /** Keeps the vector, unless the entry has been written anew since its text was read. Without a vector it waits no longer either. */
  async save({ seq, content }: Waiting, model: string, vector: Float32Array | undefined): Promise<void> {
    await this.tables.transaction().execute(async (transaction) => {
      const same = await transaction
        .updateTable('memories')
        .set({ vector_model: model })
        .where('seq', '=', seq)
        .where('content', '=', content)
        .where('vector_model', 'is', null)
        .returning('seq')
        .executeTakeFirst();
      if (!same) return;
      if (vector) await this.vectors.put(transaction, seq, vector);
      else await transaction.deleteFrom('memory_vectors').where('seq', '=', seq).execute();
    });
  }

  near(nearby: Nearby): Promise<Map<number, number>> {
    return this.vectors.near(this.tables, nearby);
  }

  private get tables() {
    return this.database.tables<MemoryTables>();
  }
}
