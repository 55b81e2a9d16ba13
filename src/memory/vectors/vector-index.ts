import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseDialect } from '../../platform/database/database';
import type { MemoryScope } from '../memory';
import type { MemoryTables } from '../memory.tables';
import { visibleTo } from '../memory-visibility';

/** What is looked for, and among what. */
export interface Nearby {
  scope: MemoryScope;
  vector: Float32Array;
  /** The model whose vectors are compared. */
  model: string;
  category: string | undefined;
  /** Entries to look at, where the database cannot look at all of them. */
  candidates: readonly number[];
}

/** Keeps vectors of length 1 and finds the nearest. */
export interface VectorIndex {
  /** Makes ready what the dialect needs; resolves with why it cannot, as a sentence. */
  prepare(db: Kysely<MemoryTables>): Promise<string | undefined>;
  put(db: Kysely<MemoryTables>, seq: number, vector: Float32Array): Promise<void>;
  /** Cosines of the nearest visible entries and of the candidates among them. */
  near(db: Kysely<MemoryTables>, nearby: Nearby): Promise<Map<number, number>>;
}

export function vectorIndex(dialect: DatabaseDialect): VectorIndex {
  return dialect === 'sqlite' ? new SqliteVectorIndex() : new PgvectorIndex();
}

/** Vectors that are read and compared before others get their turn on this thread: a few milliseconds. */
const AT_ONCE = 100;

/** Floats in a table, compared here: exact, and bounded by the candidates. */
class SqliteVectorIndex implements VectorIndex {
  prepare(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async put(db: Kysely<MemoryTables>, seq: number, vector: Float32Array): Promise<void> {
    const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
    await db
      .insertInto('memory_vectors')
      .values({ seq, vector: bytes })
      .onConflict((conflict) => conflict.column('seq').doUpdateSet({ vector: bytes }))
      .execute();
  }

  async near(db: Kysely<MemoryTables>, { scope, vector, model, candidates }: Nearby): Promise<Map<number, number>> {
    const cosines = new Map<number, number>();
    for (let start = 0; start < candidates.length; start += AT_ONCE) {
      const rows = await db
        .selectFrom('memory_vectors')
        .innerJoin('memories', 'memories.seq', 'memory_vectors.seq')
        .select(['memory_vectors.seq', 'memory_vectors.vector'])
        .where('memory_vectors.seq', 'in', candidates.slice(start, start + AT_ONCE))
        .where('vector_model', '=', model)
        .where(visibleTo(scope))
        .execute();
      for (const row of rows) cosines.set(row.seq, dot(vector, floats(row.vector)));
      await nextTurn();
    }
    return cosines;
  }
}

const NEAREST = 100;

/** pgvector (https://github.com/pgvector/pgvector): exact over what the caller may see, worked out by the server. */
class PgvectorIndex implements VectorIndex {
  async prepare(db: Kysely<MemoryTables>): Promise<string | undefined> {
    try {
      if (!(await hasPgvector(db))) await sql`create extension if not exists vector`.execute(db);
      await sql`create table if not exists memory_vectors (
        seq bigint primary key references memories (seq) on delete cascade,
        vector vector not null
      )`.execute(db);
      return undefined;
    } catch (error) {
      return `PostgreSQL has no usable pgvector (${(error as Error).message}), so the memory is searched by words only: install it and run "create extension vector"`;
    }
  }

  async put(db: Kysely<MemoryTables>, seq: number, vector: Float32Array): Promise<void> {
    await sql`insert into memory_vectors (seq, vector) values (${seq}, ${literal(vector)}::vector)
      on conflict (seq) do update set vector = excluded.vector`.execute(db);
  }

  async near(
    db: Kysely<MemoryTables>,
    { scope, vector, model, category, candidates }: Nearby,
  ): Promise<Map<number, number>> {
    // The inner product of vectors of length 1 is their cosine; `<#>` gives it negated.
    const distance = sql<number>`memory_vectors.vector <#> ${literal(vector)}::vector`;
    let visible = db
      .selectFrom('memory_vectors')
      .innerJoin('memories', 'memories.seq', 'memory_vectors.seq')
      .select(['memory_vectors.seq', distance.as('distance')])
      .where('vector_model', '=', model)
      .where('archived_at', 'is', null)
      .where(visibleTo(scope));
    if (category !== undefined) visible = visible.where('category', '=', category);
    const nearest = await visible.orderBy('distance').limit(NEAREST).execute();
    const asked = candidates.length === 0 ? [] : await visible.where('memory_vectors.seq', 'in', candidates).execute();
    return new Map([...nearest, ...asked].map((row) => [row.seq, -row.distance]));
  }
}

async function hasPgvector(db: Kysely<MemoryTables>): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_extension where extname = 'vector'`.execute(db);
  return rows.length > 0;
}

function literal(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

/** The bytes of a blob start where the database has put them, which need not be a multiple of four. */
function floats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Float32Array.BYTES_PER_ELEMENT);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
