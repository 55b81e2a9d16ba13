import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { DatabaseDialect } from '../database';

/** What the agent remembers, the words it is found by, and the vectors of its meaning. */
export function memory(dialect: DatabaseDialect): Migration {
  return {
    async up(db) {
      await createEntries(db, dialect);
      await (dialect === 'sqlite' ? createSqliteIndexes(db) : createPostgresWords(db));
    },
  };
}

async function createEntries(db: Kysely<unknown>, dialect: DatabaseDialect): Promise<void> {
  const sequence =
    dialect === 'sqlite'
      ? sql`integer primary key autoincrement`
      : sql`bigint generated always as identity primary key`;
  await sql`create table memories (
    seq ${sequence},
    id text not null unique,
    owner text not null,
    key text not null,
    content text not null,
    category text not null,
    session_id text,
    created_at bigint not null,
    updated_at bigint not null,
    archived_at bigint,
    vector_model text
  )`.execute(db);
  await sql`create unique index memories_by_key on memories (owner, key)`.execute(db);
  // The two lists, one's own entries and everybody's, newest first; the last one also finds those that have grown old.
  for (const [name, columns] of [
    ['memories_of_owner', 'owner'],
    ['memories_of_owner_in_category', 'owner, category'],
    ['memories_in_category', 'category'],
  ]) {
    await sql`create index ${sql.raw(`${name} on memories (${columns}, updated_at desc, seq desc)`)}
      where archived_at is null`.execute(db);
  }
  await sql`create index memories_archived on memories (archived_at) where archived_at is not null`.execute(db);
  await sql`create index memories_by_vector_model on memories (vector_model, seq)`.execute(db);
}

/** The index keeps no copy of the texts; the gateway's own words come separated by blanks, so its tokenizer only splits there. */
async function createSqliteIndexes(db: Kysely<unknown>): Promise<void> {
  await sql`create virtual table memory_words using fts5(
    tokens, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
  )`.execute(db);
  await sql`create trigger memories_forget_words after delete on memories begin
    delete from memory_words where rowid = old.seq;
  end`.execute(db);
  await sql`create table memory_vectors (
    seq integer primary key references memories (seq) on delete cascade,
    vector blob not null
  )`.execute(db);
}

/** Vectors come into being with the extension that they need, when embeddings are configured. */
async function createPostgresWords(db: Kysely<unknown>): Promise<void> {
  await sql`create table memory_words (
    seq bigint primary key references memories (seq) on delete cascade,
    tokens tsvector not null
  )`.execute(db);
  await sql`create index memory_words_by_token on memory_words using gin (tokens)`.execute(db);
}
