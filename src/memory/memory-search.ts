import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import type { MemoryScope } from './memory';
import type { MemoryRow } from './memory.repository';
import { MemoryRepository } from './memory.repository';
import { queryWords } from './memory-words';
import { MemoryConfig } from './memory.config';
import { blend, keywordRelevance, score, wordWeight } from './relevance';
import { MeaningSearch } from './vectors/meaning-search';

/** Characters of a question that are read. */
const QUESTION_CHARS = 8_000;
/** Words of a question that are looked for. */
const WORDS = 10;
/** Entries with one word that are looked at, the newest; how many more have it is estimated. */
const PER_WORD = 300;
/** Entries that are read and ranked exactly, unless more are asked for. */
const FINALISTS = 50;

export interface Hit {
  row: MemoryRow;
  score: number;
}

export interface SearchOptions {
  category?: string | undefined;
  limit: number;
  minScore: number;
}

/** Ranks what a caller may see by how well it answers a question. Its work is bounded whatever the size of the memory. */
@Injectable()
export class MemorySearch {
  constructor(
    private readonly repository: MemoryRepository,
    private readonly meaning: MeaningSearch,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Best first. A question without any word finds nothing. */
  async search(scope: MemoryScope, question: string, { category, limit, minScore }: SearchOptions): Promise<Hit[]> {
    const asked = question.slice(0, QUESTION_CHARS);
    const words = longest(queryWords(asked), WORDS);
    if (words.length === 0) return [];
    const vector = this.meaning.vectorOf(asked);
    const weights = await this.weigh(scope, words, category);
    const finalistsOfEach = Math.max(FINALISTS, limit);
    const byWords = heaviest(weights, finalistsOfEach);
    const cosines = await this.meaning.near(scope, await vector, { category, also: byWords });
    const finalists = new Set([...byWords, ...heaviest(cosines, finalistsOfEach)]);
    const now = this.clock.now();
    return (await this.repository.read(scope, [...finalists]))
      .map((row) => ({ row, score: this.score(row, weights.get(row.seq) ?? 0, cosines.get(row.seq), now) }))
      .filter((hit) => hit.score >= minScore)
      .toSorted((a, b) => b.score - a.score || b.row.updated_at - a.row.updated_at || b.row.seq - a.row.seq)
      .slice(0, limit);
  }

  private score(row: MemoryRow, weight: number, cosine: number | undefined, now: number): number {
    const keyword = keywordRelevance(weight, row.key.length + row.content.length);
    const relevance = blend(keyword, cosine, this.config.get(MemoryConfig));
    return score(relevance, { category: row.category, updatedAt: row.updated_at }, now);
  }

  /** The summed weight of the words found, by entry. */
  private async weigh(
    scope: MemoryScope,
    words: readonly string[],
    category: string | undefined,
  ): Promise<Map<number, number>> {
    const [all = [], ...found] = await this.repository.find(scope, ['', ...words], { category, limit: PER_WORD });
    const span = { newest: all[0] ?? 0, oldest: all.length < PER_WORD ? 0 : await this.repository.oldest(scope) };
    const entries = estimate(all, span);
    const weights = new Map<number, number>();
    for (const seqs of found) {
      const weight = wordWeight(estimate(seqs, span), entries);
      for (const seq of seqs) weights.set(seq, (weights.get(seq) ?? 0) + weight);
    }
    return weights;
  }
}

/** How many entries a list stands for: a full one is taken for the newest part of what is spread evenly over the time. */
function estimate(seqs: readonly number[], { newest, oldest }: { newest: number; oldest: number }): number {
  const last = seqs.at(-1);
  if (last === undefined || seqs.length < PER_WORD) return seqs.length;
  return Math.max(seqs.length, (seqs.length * (newest - oldest + 1)) / (newest - last + 1));
}

/** Long words say more than short ones when not all can be looked for. */
function longest(words: string[], limit: number): string[] {
  return words.length <= limit ? words : words.toSorted((a, b) => b.length - a.length).slice(0, limit);
}

/** The entries of greatest weight, among equals the newest. */
function heaviest(weights: ReadonlyMap<number, number>, limit: number): number[] {
  return [...weights]
    .toSorted(([a, weightA], [b, weightB]) => weightB - weightA || b - a)
    .slice(0, limit)
    .map(([seq]) => seq);
}
