import type { Generated } from 'kysely';

interface MemoriesTable {
  /** Ascends with every new key; also the row of the word index and of the vector. */
  seq: Generated<number>;
  id: string;
  owner: string;
  /** Unique among the entries of its owner. */
  key: string;
  content: string;
  category: string;
  session_id: string | null;
  created_at: number;
  updated_at: number;
  /** Archived entries are neither listed nor recalled and wait for their purge. */
  archived_at: number | null;
  /** The embedding model whose vector the entry has; null while it waits for one. */
  vector_model: string | null;
}

/** The inverted index: in SQLite an FTS5 table, in PostgreSQL a table with a GIN index over `tokens`. */
interface MemoryWordsTable {
  rowid: number;
  seq: number;
  tokens: string;
}

/** In PostgreSQL only where pgvector is, and the vector is of its type. */
interface MemoryVectorsTable {
  seq: number;
  /** Little-endian 32-bit floats of a vector of length 1. */
  vector: Uint8Array;
}

export interface MemoryTables {
  memories: MemoriesTable;
  memory_words: MemoryWordsTable;
  memory_vectors: MemoryVectorsTable;
}
