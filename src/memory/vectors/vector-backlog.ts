import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { EventBus } from '../../platform/events/event-bus';
import { HealthService } from '../../platform/health/health.service';
import '../memory.events';
import { Embedder } from './embedder';
import { EmbeddingError } from './embedding-error';
import type { Waiting } from './vector.repository';
import { VectorRepository } from './vector.repository';

/** Texts per call to the host, milliseconds it may take, and entries of another model that are sent back to wait at once. */
const BATCH = 16;
const PATIENCE_MS = 20_000;
const OUTDATED = 500;
/** Milliseconds until a host that failed is tried again, doubling. */
const FIRST_REST_MS = 15_000;
const LONGEST_REST_MS = 300_000;

/**
 * Gives every entry its vector, in the background and after the entry is safe: new ones as they come, the others after a start or when the
 * model has changed. The database knows what is left, so nothing is lost by a failing host or a restart.
 */
@Injectable()
export class VectorBacklog implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(VectorBacklog.name);
  private readonly endings: (() => void)[] = [];
  private running: Promise<void> | undefined;
  private wokenMeanwhile = false;
  private retry: NodeJS.Timeout | undefined;
  private rest = FIRST_REST_MS;
  private readonly ending = new AbortController();
  /** What keeps entries from getting vectors, for `/health`. */
  private obstacle: string | undefined;

  constructor(
    private readonly embedder: Embedder,
    private readonly vectors: VectorRepository,
    private readonly events: EventBus,
    private readonly health: HealthService,
  ) {}

  onApplicationBootstrap(): void {
    this.health.note(() => this.obstacle);
    this.endings.push(
      this.events.on('memory.used', ({ operation, outcome }) => {
        if (operation === 'remember' && outcome === 'ok' && !this.retry) this.wake();
      }),
      this.events.on('config.changed', () => this.wake()),
    );
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.retry);
    for (const end of this.endings) end();
    await this.running;
  }

  /** Begins to work, unless it does already; then it looks once more at the end. */
  wake(): void {
    if (this.stopped) return;
    this.wokenMeanwhile = this.running !== undefined;
    if (this.running) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.running = this.work().finally(() => {
      this.running = undefined;
      if (this.wokenMeanwhile && !this.retry) this.wake();
    });
  }

  private async work(): Promise<void> {
    const { model, problem } = this.embedder;
    try {
      const obstacle = model === undefined ? problem : await this.vectors.prepare();
      if (obstacle !== undefined) this.report(`Embeddings are configured, but ${obstacle}`);
      else this.obstacle = undefined;
      if (model === undefined || obstacle !== undefined) return;
      while (!this.stopped && (await this.vectors.outdate(model, OUTDATED)) > 0);
      for (;;) {
        const batch = await this.vectors.waiting(BATCH);
        if (batch.length === 0 || this.stopped) break;
        await this.embed(batch, model);
        this.rest = FIRST_REST_MS;
      }
      this.obstacle = undefined;
    } catch (error) {
      if (this.stopped) return;
      this.report(`Entries of the memory get no vectors and are found by words only: ${(error as Error).message}`);
      this.retry = setTimeout(() => this.wake(), this.rest).unref();
      this.rest = Math.min(this.rest * 2, LONGEST_REST_MS);
    }
  }

  private async embed(batch: readonly Waiting[], model: string): Promise<void> {
    try {
      const vectors = await this.vectorsOf(batch.map(textOf));
      for (const [index, entry] of batch.entries()) await this.vectors.save(entry, model, vectors[index]);
    } catch (error) {
      if (!(error instanceof EmbeddingError && error.isAboutTexts) || this.stopped) throw error;
      if (batch.length > 1) for (const entry of batch) await this.embed([entry], model);
      else await this.giveUp(batch, model, error);
    }
  }

  /** One text that the host does not take must not hold up the others; a host that takes no text at all is another matter. */
  private async giveUp([entry]: readonly Waiting[], model: string, reason: Error): Promise<void> {
    await this.vectorsOf(['test']);
    if (!entry) return;
    this.logger.warn(`the entry ${entry.key} gets no vector: ${reason.message}`);
    await this.vectors.save(entry, model, undefined);
  }

  private vectorsOf(texts: string[]): Promise<Float32Array[]> {
    return this.embedder.embed(texts, AbortSignal.any([this.ending.signal, AbortSignal.timeout(PATIENCE_MS)]));
  }

  private get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  private report(sentence: string): void {
    if (sentence !== this.obstacle) this.logger.warn(sentence);
    this.obstacle = sentence;
  }
}

/** Keys that the gateway made mean nothing. */
function textOf({ key, content }: Waiting): string {
  return /_[0-9a-f]{8}-[0-9a-f-]{27}$/.test(key) ? content : `${key}: ${content}`;
}
