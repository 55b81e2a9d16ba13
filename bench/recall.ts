/**
 * npm run build && node bench/recall.ts: what it costs the embedded memory to answer a question when it holds 100 000 entries, and how long
 * everything else has to wait meanwhile. In CPU time, which neighbours on the machine disturb less; `--wall` for the time on the clock,
 * `--entries 10000` for a smaller memory, `--dist <folder>` for another build.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { MemoryRepository } from '../src/memory/memory.repository.ts';
import type { MemoryTables } from '../src/memory/memory.tables.ts';
import type * as Visibility from '../src/memory/memory-visibility.ts';
import type * as Words from '../src/memory/memory-words.ts';
import type * as Index from '../src/memory/word-index.ts';
import type { MemorySearch } from '../src/memory/memory-search.ts';
import type { KyselyDatabase } from '../src/platform/database/kysely-database.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    dist: { type: 'string', default: 'dist' },
    wall: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const require = createRequire(import.meta.url);
const load = (file: string) => require(resolve(values.dist, file));
require('reflect-metadata');
const { KyselyDatabase: Opened } = load('platform/database/kysely-database.js') as {
  KyselyDatabase: typeof KyselyDatabase;
};
const { MemoryRepository: Repository } = load('memory/memory.repository.js') as {
  MemoryRepository: typeof MemoryRepository;
};
const { MemorySearch: Search } = load('memory/memory-search.js') as { MemorySearch: typeof MemorySearch };

const { marksOf } = load('memory/memory-visibility.js') as typeof Visibility;
const { wordsOf } = load('memory/memory-words.js') as typeof Words;
const { wordIndex } = load('memory/word-index.js') as typeof Index;

/** Words as a language has them: few that are everywhere, many that are rare. The same every time. */
let state = 42;
const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
const word = (): string => `w${Math.floor(30_000 * random() ** 4).toString(36)}`;
const text = (words: number): string => Array.from({ length: words }, word).join(' ');

const CATEGORIES = ['conversation', 'conversation', 'conversation', 'daily', 'personal', 'core', 'project'];
const QUESTIONS = 500;
const STORED = 500;

const folder = mkdtempSync(join(tmpdir(), 'zeroclaw-recall-'));
const database = await Opened.open({ dataDir: folder });
try {
  const entries = Number(values.entries);
  await fill(entries);
  const repository = new Repository(database);
  const started = performance.now();
  for (let n = 0; n < STORED; n++) await repository.put(entryOf(entries + n), entries + n);
  print(`${entries} entries; storing one more takes ${((performance.now() - started) / STORED).toFixed(2)} ms`);

  const noVectors = { vectorOf: async () => undefined, near: async () => new Map<number, number>() };
  const config = { get: () => ({ keyword_weight: 1, vector_weight: 0 }) };
  const search = new Search(repository, noVectors as never, config as never, { now: () => entries } as never);
  for (const [name, scope] of [
    ['all of a person with half of the entries', { owner: 'anna' }],
    ['a session of that person', { owner: 'anna', sessionId: 's4' }],
    ['a person with a hundredth', { owner: 'owner-7' }],
  ] as const) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const times: number[] = [];
    for (let n = -50; n < QUESTIONS; n++) {
      const question = text(3 + (Math.abs(n) % 14));
      if (n === 0) delay.enable();
      const before = process.cpuUsage();
      const wall = performance.now();
      await search.search(scope, question, { limit: 5, minScore: 0 });
      const { user, system } = process.cpuUsage(before);
      if (n >= 0) times.push(values.wall ? performance.now() - wall : (user + system) / 1_000);
    }
    delay.disable();
    times.sort((a, b) => a - b);
    const at = (share: number) => `${(times[Math.floor(times.length * share)] ?? 0).toFixed(1)} ms`;
    const blocked = `${(delay.percentile(99) / 1e6).toFixed(1)} ms`;
    print(`${name}: p50 ${at(0.5)}, p99 ${at(0.99)}; everything else waits p99 ${blocked}`);
  }
} finally {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Half of all belongs to one person: the worst case for a search, because the index cannot leave the others out. */
function entryOf(n: number) {
  const owner = n % 2 === 0 ? 'anna' : `owner-${n % 100}`;
  const category = CATEGORIES[n % CATEGORIES.length] ?? 'core';
  const sessionId = category === 'conversation' ? `s${n % 50}` : null;
  return { owner, key: `key_${n}`, content: text(10 + Math.floor(40 * random())), category, sessionId };
}

/** What `put` writes, but in one transaction: a hundred thousand of them would take a minute. */
async function fill(entries: number): Promise<void> {
  await database
    .tables<MemoryTables>()
    .transaction()
    .execute(async (transaction) => {
      for (let n = 0; n < entries; n++) {
        const { sessionId, ...entry } = entryOf(n);
        const row = { ...entry, id: `id-${n}`, session_id: sessionId, created_at: n, updated_at: n };
        const { seq } = await transaction.insertInto('memories').values(row).returning('seq').executeTakeFirstOrThrow();
        const tokens = [...marksOf({ ...entry, sessionId }), ...wordsOf(`${entry.key} ${entry.content}`)];
        await wordIndex('sqlite').put(transaction, seq, tokens);
      }
    });
}
