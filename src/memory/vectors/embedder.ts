import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { Egress } from '../../platform/egress/egress';
import { ModelsConfig } from '../../providers/models.config';
import { ReliabilityConfig } from '../../providers/reliability.config';
import { scrub } from '../../providers/scrub';
import { MemoryConfig } from '../memory.config';
import { EmbeddingError } from './embedding-error';
import type { EmbeddingHost } from './embedding-host';
import { embeddingHost } from './embedding-host';
import { parseEmbeddings } from './embeddings.payload';

/** Below the input limit of the usual models, also in scripts whose every character is a token. */
const TEXT_CHARS = 6_000;
const ANSWER_BYTES = 16 * 1024 * 1024;

/** Turns texts into vectors at the configured host (https://platform.openai.com/docs/api-reference/embeddings). */
@Injectable()
export class Embedder {
  constructor(
    private readonly config: ConfigService,
    private readonly egress: Egress,
  ) {}

  /** Names the vectors: those of another model mean something else. Undefined when embeddings are off. */
  get model(): string | undefined {
    const host = this.host();
    return host && 'url' in host ? `${host.model}:${host.dimensions}` : undefined;
  }

  /** What the configuration lacks, as a clause. */
  get problem(): string | undefined {
    const host = this.host();
    return host && 'problem' in host ? host.problem : undefined;
  }

  /** One vector of length 1 per text. Rejects with EmbeddingError, also when the signal ends it. */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const host = this.host();
    if (!host || 'problem' in host) throw new EmbeddingError('embeddings are off');
    const input = texts.map((text) => text.slice(0, TEXT_CHARS).toWellFormed());
    const answer = await this.ask(host, input, signal);
    return parseEmbeddings(answer, texts.length, host.dimensions);
  }

  private async ask(host: EmbeddingHost, input: string[], signal: AbortSignal): Promise<string> {
    const { url, headers, model, dimensions, secrets } = host;
    // Only these models can shorten their vectors; others refuse the field.
    const shortened = model.includes('text-embedding-3') ? { dimensions } : {};
    const body = JSON.stringify({ model, input, encoding_format: 'float', ...shortened });
    try {
      const path = url.pathname + url.search;
      const limits = { answerTimeout: 0, idleTimeout: 0, signal };
      const response = await this.egress.request({
        origin: url.origin,
        path,
        method: 'POST',
        headers,
        body,
        ...limits,
      });
      const text = await response.body.text(ANSWER_BYTES);
      if (response.statusCode === 200) return text;
      throw new EmbeddingError(
        `${url.host} answered ${response.statusCode}: ${scrub(text, secrets)}`,
        response.statusCode,
      );
    } catch (error) {
      if (error instanceof EmbeddingError) throw error;
      const reason = signal.aborted ? 'it took too long' : (error as Error).message;
      throw new EmbeddingError(`${url.host} did not answer: ${reason}`, undefined, error);
    }
  }

  private host(): EmbeddingHost | { problem: string } | undefined {
    const { config } = this;
    const sources = {
      models: config.get(ModelsConfig),
      reliability: config.get(ReliabilityConfig),
      env: config.environment,
    };
    return embeddingHost(config.get(MemoryConfig), sources);
  }
}
