import { MemoryRepository } from '../../../src/memory/memory.repository';
import { VectorRepository } from '../../../src/memory/vectors/vector.repository';
import type { Database } from '../../../src/platform/database/database';
import { KyselyDatabase } from '../../../src/platform/database/kysely-database';
import { describePostgres } from '../../support/databases';
import { startPgvectorServer } from '../../support/pgvector-server';
import { tempDir } from '../../support/temp-dir';

const MODEL = 'm:3';
const bike = new Float32Array([1, 0, 0]);
const cat = new Float32Array([0, 1, 0]);
const both = new Float32Array([Math.SQRT1_2, Math.SQRT1_2, 0]);

/** What holds for vectors in either database. */
function vectorContract(database: () => Database) {
  const store = async (owner: string, key: string, vector: Float32Array, category = 'notes') => {
    const vectors = new VectorRepository(database());
    await vectors.prepare();
    await new MemoryRepository(database()).put({ owner, key, content: key, category, sessionId: null }, 1);
    const entry = (await vectors.waiting(100)).find((waiting) => waiting.key === key);
    if (!entry) throw new Error(`${key} does not wait`);
    await vectors.save(entry, MODEL, vector);
    return entry;
  };
  const near = async (owner: string, vector: Float32Array, candidates: number[], category?: string) =>
    new VectorRepository(database()).near({ scope: { owner }, vector, model: MODEL, category, candidates });

  it('gives the cosine of what the caller may see', async () => {
    const a = await store('anna', 'a-bike', bike);
    const b = await store('anna', 'a-both', both);
    const hidden = await store('bob', 'b-bike', bike);
    const shared = await store('bob', 'b-core', cat, 'core');
    const found = await near(
      'anna',
      bike,
      [a, b, hidden, shared].map(({ seq }) => seq),
    );
    expect(found.get(a.seq)).toBeCloseTo(1);
    expect(found.get(b.seq)).toBeCloseTo(Math.SQRT1_2);
    expect(found.get(shared.seq)).toBeCloseTo(0);
    expect(found.has(hidden.seq)).toBe(false);
  });

  it('keeps no vector for a content that has changed meanwhile', async () => {
    const vectors = new VectorRepository(database());
    await vectors.prepare();
    const entries = new MemoryRepository(database());
    await entries.put({ owner: 'eve', key: 'e', content: 'old', category: 'notes', sessionId: null }, 1);
    const read = (await vectors.waiting(100)).find(({ content }) => content === 'old');
    await entries.put({ owner: 'eve', key: 'e', content: 'new', category: 'notes', sessionId: null }, 2);
    if (!read) throw new Error('nothing waits');
    await vectors.save(read, MODEL, bike);
    expect((await vectors.waiting(100)).map(({ content }) => content)).toContain('new');
    expect((await near('eve', bike, [read.seq])).has(read.seq)).toBe(false);
  });

  it('sends entries of another model back to wait, in batches', async () => {
    const entry = await store('dan', 'd', bike);
    const vectors = new VectorRepository(database());
    expect(await vectors.outdate(MODEL, 100)).toBe(0);
    while ((await vectors.outdate('z:9', 1)) > 0);
    expect((await vectors.waiting(100)).map(({ seq }) => seq)).toContain(entry.seq);
    expect((await near('dan', bike, [entry.seq])).size).toBe(0);
  });

  it('forgets the vector with the entry', async () => {
    const entry = await store('fay', 'f', bike);
    await new MemoryRepository(database()).remove('fay', 'f');
    expect((await near('fay', bike, [entry.seq])).has(entry.seq)).toBe(false);
  });
}

describe('vectors in SQLite', () => {
  let database: KyselyDatabase;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  beforeAll(async () => {
    dir = await tempDir();
    database = await KyselyDatabase.open({ dataDir: dir.path });
  });
  afterAll(async () => {
    await database.close();
    await dir.remove();
  });
  vectorContract(() => database);
});

describe('vectors in a PostgreSQL with pgvector', () => {
  let database: KyselyDatabase;
  let server: Awaited<ReturnType<typeof startPgvectorServer>>;
  beforeAll(async () => {
    server = await startPgvectorServer();
    database = await KyselyDatabase.open({ dataDir: '', url: server.url });
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });
  vectorContract(() => database);
});

describePostgres('vectors without pgvector', (open) => {
  it('are said to be impossible, with the way out', async () => {
    const database = await open();
    const vectors = new VectorRepository(database);
    const problem = await vectors.prepare();
    expect(vectors.ready).toBe(problem === undefined);
    // A server that has the extension makes itself ready and says nothing.
    expect(problem ?? 'create extension vector').toContain('create extension vector');
  });
});
