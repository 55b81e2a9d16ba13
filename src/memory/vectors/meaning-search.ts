import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/database';
import type { MemoryScope } from '../memory';
import { PERMANENT } from '../memory';
import { MemoryRepository } from '../memory.repository';
import { Embedder } from './embedder';
import { QuestionVectors } from './question-vectors';
import { VectorRepository } from './vector.repository';

/** Entries of each kind whose vectors the embedded database compares. */
const CANDIDATES = 1_000;

/** Finds entries that mean what a question means. Without embeddings, or while they fail, it finds nothing and never rejects. */
@Injectable()
export class MeaningSearch {
  private readonly logger = new Logger(MeaningSearch.name);

  constructor(
    private readonly questions: QuestionVectors,
    private readonly embedder: Embedder,
    private readonly vectors: VectorRepository,
    private readonly repository: MemoryRepository,
    private readonly database: Database,
  ) {}

  vectorOf(question: string): Promise<Float32Array | undefined> {
    return this.vectors.ready ? this.questions.of(question) : Promise.resolve(undefined);
  }

  /** Cosines of the entries nearest to the vector, and of those in `also`. */
  async near(
    scope: MemoryScope,
    vector: Float32Array | undefined,
    { category, also }: { category: string | undefined; also: readonly number[] },
  ): Promise<Map<number, number>> {
    const { model } = this.embedder;
    if (!vector || model === undefined) return new Map();
    try {
      const candidates = [...new Set([...also, ...(await this.candidates(scope, category))])];
      return await this.vectors.near({ scope, vector, model, category, candidates });
    } catch (error) {
      this.logger.warn({ err: error }, 'vectors could not be compared; the memory is searched by words only');
      return new Map();
    }
  }

  /**
   * The embedded database compares one vector after the other, so only those that can count: what is permanent, and the newest of the rest,
   * because time has taken most of the score of the others. PostgreSQL compares all of them.
   */
  private async candidates(scope: MemoryScope, category: string | undefined): Promise<number[]> {
    if (this.database.dialect === 'postgres') return [];
    const categories = category === undefined ? [...PERMANENT, undefined] : [category];
    const found = [];
    for (const kind of categories) {
      found.push(...(await this.repository.find(scope, [''], { category: kind, limit: CANDIDATES })));
    }
    return found.flat();
  }
}
