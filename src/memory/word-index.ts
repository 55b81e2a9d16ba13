import type { Kysely, RawBuilder } from 'kysely';
import { sql } from 'kysely';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseDialect } from '../platform/database/database';
import type { MemoryTables } from './memory.tables';

/** Which rows: those that carry one of `anyOf`, and all of `allOf`. */
export interface Marks {
  anyOf: readonly string[];
  allOf: readonly string[];
  /** Those of the rows to which that applies, told by the entries themselves. */
  among(seqs: readonly number[]): Promise<ReadonlySet<number>>;
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
    const found: { seqs: number[]; isRare: boolean }[] = [];
    for (const word of words) {
      // A rare word is cheaper to look up alone than together with a mark that half of the entries carry.
      const anywhere = word === '' ? [] : await this.rows(db, quoted(word), limit + 1);
      const isRare = word !== '' && anywhere.length <= limit;
      const seqs = isRare ? anywhere : await this.rows(db, expression(word, marks, FTS5), limit);
      found.push({ seqs, isRare });
      // The embedded database works on this thread: others get their turn between two words.
      await nextTurn();
    }
    const seen = await marks.among([...new Set(found.flatMap(({ seqs, isRare }) => (isRare ? seqs : [])))]);
    return found.map(({ seqs, isRare }) => (isRare ? seqs.filter((seq) => seen.has(seq)) : seqs));
  }

  private async rows(db: Kysely<MemoryTables>, query: string, limit: number): Promise<number[]> {
    const { rows } = await sql<{ seqs: string }>`select json_group_array(rowid) as seqs from (
      select rowid from memory_words where memory_words match ${query} order by rowid desc limit ${limit}
    )`.execute(db);
    return JSON.parse(rows[0]?.seqs ?? '[]') as number[];
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
      const query = expression(word, marks, TSQUERY);
      return sql`select ${sql.lit(index)} as word, coalesce((select json_agg(seq) from (
        select seq from memory_words where tokens @@ ${query}::tsquery order by seq desc limit ${limit}
      ) as found), '[]')::text as seqs`;
    });
    const { rows } = await sql<{ word: number; seqs: string }>`${sql.join(queries, sql` union all `)}`.execute(db);
    return rows.toSorted((a, b) => a.word - b.word).map(({ seqs }) => JSON.parse(seqs) as number[]);
  }
}

interface Syntax {
  and: string;
  or: string;
  quote: string;
}

const FTS5: Syntax = { and: ' AND ', or: ' OR ', quote: '"' };
const TSQUERY: Syntax = { and: ' & ', or: ' | ', quote: "'" };

function expression(word: string, { anyOf, allOf }: Marks, syntax: Syntax): string {
  const required = [...allOf, ...(word === '' ? [] : [word])].map((token) => quoted(token, syntax));
  return [`(${anyOf.map((token) => quoted(token, syntax)).join(syntax.or)})`, ...required].join(syntax.and);
}

function quoted(token: string, { quote } = FTS5): string {
  return quote + token.replaceAll(quote, quote + quote) + quote;
}
