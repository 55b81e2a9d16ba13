import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { Database } from '../platform/database/database';
import type { MemoryScope } from './memory';
import { CORE } from './memory';
import type { MemoryTables } from './memory.tables';
import { marksOf, marksSeenBy, categoryMark, visibleTo } from './memory-visibility';
import { wordsOf } from './memory-words';
import type { WordIndex } from './word-index';
import { wordIndex } from './word-index';

export type MemoryRow = Omit<Selectable<MemoryTables['memories']>, 'archived_at' | 'vector_model'>;

export interface NewMemory {
  owner: string;
  key: string;
  content: string;
  category: string;
  sessionId: string | null;
}

/** The place behind the last entry of a page. */
export interface Place {
  updatedAt: number;
  seq: number;
}

const COLUMNS = ['seq', 'id', 'owner', 'key', 'content', 'category', 'session_id', 'created_at', 'updated_at'] as const;

/** Another replica may have stored the first entry. */
const LOOK_AGAIN_MS = 1_000;

/** Entries and their words in the gateway's database; the same on both dialects. Nothing here reads the whole table. */
@Injectable()
export class MemoryRepository {
  private readonly words: WordIndex;
  private hasEntries = false;
  private foundEmptyAt = -Infinity;

  constructor(private readonly database: Database) {
    this.words = wordIndex(database.dialect);
  }

  /** Adds the entry, or replaces the one that its owner has under this key: same id and creation time, all else new. */
  async put(entry: NewMemory, now: number): Promise<void> {
    const { owner, key, content, category, sessionId } = entry;
    this.hasEntries = true;
    await this.tables.transaction().execute(async (transaction) => {
      const { seq } = await transaction
        .insertInto('memories')
        .values({
          id: randomUUID(),
          owner,
          key,
          content,
          category,
          session_id: sessionId,
          created_at: now,
          updated_at: now,
        })
        .onConflict((conflict) =>
          conflict.columns(['owner', 'key']).doUpdateSet({
            content,
            category,
            session_id: sessionId,
            updated_at: now,
            archived_at: null,
            vector_model: null,
          }),
        )
        .returning('seq')
        .executeTakeFirstOrThrow();
      await this.words.put(transaction, seq, [...marksOf(entry), ...wordsOf(`${key} ${content}`)]);
    });
  }

  /** Resolves with false when the owner has no such entry. */
  async remove(owner: string, key: string): Promise<boolean> {
    const gone = await this.tables
      .deleteFrom('memories')
      .where('owner', '=', owner)
      .where('key', '=', key)
      .returning('seq')
      .execute();
    return gone.length > 0;
  }

  /** Deletes what everybody recalls under this key, whoever stored it. */
  async removeCore(key: string): Promise<boolean> {
    const gone = await this.tables
      .deleteFrom('memories')
      .where('category', '=', CORE)
      .where('key', '=', key)
      .returning('seq')
      .execute();
    return gone.length > 0;
  }

  /** Visible entries, newest update first. Two walks along an index, one's own and everybody's, each ended by the limit. */
  async list(
    scope: MemoryScope,
    { category, limit, after }: { category?: string | undefined; limit: number; after?: Place | undefined },
  ): Promise<MemoryRow[]> {
    const newest = () => {
      let query = this.tables
        .selectFrom('memories')
        .select(COLUMNS)
        .where('archived_at', 'is', null)
        .where(visibleTo(scope))
        .orderBy('updated_at', 'desc')
        .orderBy('seq', 'desc')
        .limit(limit);
      if (category !== undefined) query = query.where('category', '=', category);
      if (after)
        query = query.where((row) =>
          row(row.refTuple('updated_at', 'seq'), '<', row.tuple(after.updatedAt, after.seq)),
        );
      return query;
    };
    const own = await newest().where('owner', '=', scope.owner).execute();
    const ofOthers = await newest().where('category', '=', CORE).where('owner', '<>', scope.owner).execute();
    return [...own, ...ofOthers].toSorted((a, b) => b.updated_at - a.updated_at || b.seq - a.seq).slice(0, limit);
  }

  /** For each word the entries that have it and that the caller may see, newest first. An empty word stands for all of them. */
  find(
    scope: MemoryScope,
    words: readonly string[],
    { category, limit }: { category?: string | undefined; limit: number },
  ): Promise<number[][]> {
    const allOf = category === undefined ? [] : [categoryMark(category)];
    const among = (seqs: readonly number[]) => this.visible(scope, seqs, category);
    return this.words.find(this.tables, words, { anyOf: marksSeenBy(scope), allOf, among }, limit);
  }

  /** Those of the given entries that the caller may see, in no order. */
  async read(scope: MemoryScope, seqs: readonly number[]): Promise<MemoryRow[]> {
    if (seqs.length === 0) return [];
    return this.tables
      .selectFrom('memories')
      .select(COLUMNS)
      .where('seq', 'in', seqs)
      .where('archived_at', 'is', null)
      .where(visibleTo(scope))
      .execute();
  }

  /** Whether nobody has ever stored anything. Looks once a second at the most while that is so, and never again when it is not. */
  async isUnused(now: number): Promise<boolean> {
    if (this.hasEntries) return false;
    if (now >= this.foundEmptyAt && now - this.foundEmptyAt < LOOK_AGAIN_MS) return true;
    const any = await this.tables.selectFrom('memories').select('seq').limit(1).executeTakeFirst();
    if (any) this.hasEntries = true;
    else this.foundEmptyAt = now;
    return !this.hasEntries;
  }

  /** The entry that the caller has had for longest, of one's own and of everybody's; 0 when there is none. */
  async oldest({ owner }: MemoryScope): Promise<number> {
    const first = this.tables
      .selectFrom('memories')
      .select('seq')
      .where('archived_at', 'is', null)
      .orderBy('updated_at')
      .orderBy('seq')
      .limit(1);
    const own = await first.where('owner', '=', owner).executeTakeFirst();
    const core = await first.where('category', '=', CORE).executeTakeFirst();
    return Math.min(own?.seq ?? core?.seq ?? 0, core?.seq ?? own?.seq ?? 0);
  }

  /** How many entries there are, archived ones included. */
  async count(): Promise<number> {
    const { entries } = await this.tables
      .selectFrom('memories')
      .select(({ fn }) => fn.countAll<number>().as('entries'))
      .executeTakeFirstOrThrow();
    return entries;
  }

  private async visible(scope: MemoryScope, seqs: readonly number[], category?: string): Promise<Set<number>> {
    if (seqs.length === 0) return new Set();
    let query = this.tables
      .selectFrom('memories')
      .select('seq')
      // One parameter however many they are.
      .where('seq', 'in', sql<number>`(select value from json_each(${JSON.stringify(seqs)}))`)
      .where(visibleTo(scope));
    if (category !== undefined) query = query.where('category', '=', category);
    return new Set((await query.execute()).map(({ seq }) => seq));
  }

  private get tables() {
    return this.database.tables<MemoryTables>();
  }
}
