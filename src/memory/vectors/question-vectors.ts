import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { MemoryConfig } from '../memory.config';
import { Embedder } from './embedder';

/** How long an answer may wait for the vector of its question, and how long a host that failed is left alone. */
const PATIENCE_MS = 2_000;
const REST_MS = 30_000;

/** Vectors of questions: remembered, bounded in time, and simply missing when the host fails. */
@Injectable()
export class QuestionVectors {
  private readonly logger = new Logger(QuestionVectors.name);
  private readonly known = new Map<string, Float32Array>();
  private restUntil = 0;

  constructor(
    private readonly embedder: Embedder,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** Undefined when embeddings are off or their host fails: then the words alone decide. Never rejects. */
  async of(question: string): Promise<Float32Array | undefined> {
    const { model } = this.embedder;
    if (model === undefined) return undefined;
    const key = `${model}\n${question}`;
    const known = this.known.get(key);
    if (known) {
      this.keep(key, known);
      return known;
    }
    if (this.clock.now() < this.restUntil) return undefined;
    try {
      const [vector] = await this.embedder.embed([question], AbortSignal.timeout(PATIENCE_MS));
      if (vector) this.keep(key, vector);
      return vector;
    } catch (error) {
      this.restUntil = this.clock.now() + REST_MS;
      this.logger.warn(`the memory is searched by words only for a while: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** The map is in the order of use; the one used longest ago goes first. */
  private keep(key: string, vector: Float32Array): void {
    this.known.delete(key);
    this.known.set(key, vector);
    const limit = this.config.get(MemoryConfig).embedding_cache_size;
    for (const oldest of this.known.keys()) {
      if (this.known.size <= limit) break;
      this.known.delete(oldest);
    }
  }
}
