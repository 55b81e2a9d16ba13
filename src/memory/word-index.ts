import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseDialect } from '../platform/database/database';
import type { MemoryTables } from './memory.tables';

/** Which rows: those that carry one of `anyOf`, and all of `allOf`. */
export interface Marks {
  anyOf: readonly string[];
  allOf: readonly string[];
}

/**
 * Finds entries by their words without looking at any other. Words and marks hold nothing but letters, digits and `§`,
 * so no query of a user is ever read as syntax.
 */
export interface WordIndex {
  /** Replaces the words and marks of a row. */
  put(db: Kysely<MemoryTables>, seq: number, tokens: readonly string[]): Promise<void>;
  remove(db: Kysely<MemoryTables>, seqs: readonly number[]): Promise<void>;
  /** For each word the rows that have it, newest first, `limit` at the most. An empty word stands for every row. */
  find(db: Kysely<MemoryTables>, words: readonly string[], marks: Marks, limit: number): Promise<number[][]>;
}

export function wordIndex(dialect: DatabaseDialect): WordIndex {
  return dialect === 'sqlite' ? new SqliteWordIndex() : new PostgresWordIndex();
}

/** FTS5: https://www.sqlite.org/fts5.html#contentless_delete_tables. Rows leave it by a trigger when their entry is deleted. */
class SqliteWordIndex implements WordIndex {
  async put(db: Kysely<MemoryTables>, seq: number, tokens: readonly string[]): Promise<void> {
    await this.remove(db, [seq]);
    await db
      .insertInto('memory_words')
      .values({ rowid: seq, tokens: tokens.join(' ') } as never)
      .execute();
  }

  async remove(db: Kysely<MemoryTables>, seqs: readonly number[]): Promise<void> {
    await db.deleteFrom('memory_words').where('rowid', 'in', seqs).execute();
  }

  async find(db: Kysely<MemoryTables>, words: readonly string[], marks: Marks, limit: number): Promise<number[][]> {
    const found: number[][] = [];
    for (const word of words) {
      const query = expression(word, marks, { and: ' AND ', or: ' OR ', quote: '"' });
      const { rows } = await sql<{ seqs: string }>`select json_group_array(rowid) as seqs from (
        select rowid from memory_words where memory_words match ${query} order by rowid desc limit ${limit}
      )`.execute(db);
      found.push(JSON.parse(rows[0]?.seqs ?? '[]') as number[]);
      // The embedded database works on this thread: others get their turn between two words.
      await nextTurn();
    }
    return found;
  }
}

/** GIN: each word is a query of its own, so that the planner knows how common it is and chooses between the two indexes. */
class PostgresWordIndex implements WordIndex {
  async put(db: Kysely<MemoryTables>, seq: number, tokens: readonly string[]): Promise<void> {
    const vector = sql`array_to_tsvector(${tokens}::text[])`;
    await sql`insert into memory_words (seq, tokens) values (${seq}, ${vector})
      on conflict (seq) do update set tokens = excluded.tokens`.execute(db);
  }

  async remove(db: Kysely<MemoryTables>, seqs: readonly number[]): Promise<void> {
    await db.deleteFrom('memory_words').where('seq', 'in', seqs).execute();
  }

  async find(db: Kysely<MemoryTables>, words: readonly string[], marks: Marks, limit: number): Promise<number[][]> {
    const queries = words.map((word, index): RawBuilder<unknown> => {
      const query = expression(word, marks, { and: ' & ', or: ' | ', quote: "'" });
      return sql`select ${sql.lit(index)} as word, coalesce((select json_agg(seq) from (
        select seq from memory_words where tokens @@ ${query}::tsquery order by seq desc limit ${limit}
      ) as found), '[]')::text as seqs`;
    });
    const { rows } = await sql<{ word: number; seqs: string }>`${sql.join(queries, sql` union all `)}`.execute(db);
    return rows.toSorted((a, b) => a.word - b.word).map(({ seqs }) => JSON.parse(seqs) as number[]);
  }
}

function expression(
  word: string,
  { anyOf, allOf }: Marks,
  { and, or, quote }: { and: string; or: string; quote: string },
): string {
  const quoted = (token: string) => quote + token.replaceAll(quote, quote + quote) + quote;
  const required = [...allOf, ...(word === '' ? [] : [word])].map(quoted);
  return [`(${anyOf.map(quoted).join(or)})`, ...required].join(and);
}
