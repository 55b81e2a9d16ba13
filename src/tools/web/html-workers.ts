import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { HtmlResults, HtmlTask } from './html-task';

const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;
/** Enough for 5 MB of markup as plain text, and little enough for two threads in a small container. */
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };
const KEPT_IDLE_MS = 30_000;
const FILE = join(__dirname, `html.worker${extname(__filename)}`);

/** The markup cannot be read: too much work, too much memory, or too many are waiting already. */
export class UnreadableHtml extends Error {}

/**
 * Reads markup in threads of their own, so that a page built to burn time or memory costs its own thread and nobody else's turn. A thread
 * that oversteps its limits is ended. Nothing is started before the first page, and nothing is kept long after the last.
 */
@Injectable()
export class HtmlWorkers implements OnApplicationShutdown {
  private readonly waiting: (() => void)[] = [];
  private readonly running = new Set<Worker>();
  private places = MOST_AT_ONCE;
  private idle: Worker | undefined;
  private idleTimer: NodeJS.Timeout | undefined;

  /** Rejects with UnreadableHtml or the signal's reason. `limitMs` counts from the start of the work, without waiting. */
  async run<K extends HtmlTask['kind']>(
    task: HtmlTask & { kind: K },
    limitMs: number,
    signal: AbortSignal,
  ): Promise<HtmlResults[K]> {
    await this.takePlace();
    try {
      signal.throwIfAborted();
      return (await this.work(task, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]))) as HtmlResults[K];
    } catch (error) {
      signal.throwIfAborted();
      throw new UnreadableHtml(`the markup cannot be read: ${String(error)}`, { cause: error });
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.places++;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.idleTimer);
    const workers = [...this.running, ...(this.idle ? [this.idle] : [])];
    this.idle = undefined;
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  private async takePlace(): Promise<void> {
    if (this.places > 0) {
      this.places--;
      return;
    }
    if (this.waiting.length >= MOST_WAITING) throw new UnreadableHtml('too many pages are waiting to be read');
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private async work(task: HtmlTask, signal: AbortSignal): Promise<unknown> {
    const worker = this.takeWorker();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onExit = () => reject(new Error('the thread ended'));
    const onAbort = () => reject(signal.reason);
    worker.once('message', resolve).once('error', reject).once('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      worker.postMessage(task, []);
      const result = await promise;
      this.keep(worker);
      return result;
    } catch (error) {
      this.running.delete(worker);
      void worker.terminate();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      worker.off('message', resolve).off('error', reject).off('exit', onExit);
    }
  }

  private takeWorker(): Worker {
    clearTimeout(this.idleTimer);
    const worker = this.idle ?? this.startWorker();
    this.idle = undefined;
    worker.ref();
    this.running.add(worker);
    return worker;
  }

  private startWorker(): Worker {
    const worker = new Worker(FILE, { env: {}, stdout: true, stderr: true, resourceLimits: LIMITS });
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.idle === worker) this.idle = undefined;
    });
    return worker;
  }

  /** One thread waits a while for the next page: starting one takes longer than reading most pages. */
  private keep(worker: Worker): void {
    this.running.delete(worker);
    if (this.idle) {
      void worker.terminate();
      return;
    }
    worker.unref();
    this.idle = worker;
    this.idleTimer = setTimeout(() => {
      this.idle = undefined;
      void worker.terminate();
    }, KEPT_IDLE_MS).unref();
  }
}
