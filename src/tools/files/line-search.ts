import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CallRefused } from '../call-refused';

/** What one search looks for; `pattern` and `flags` make a JavaScript regular expression. */
export interface SearchTask {
  pattern: string;
  flags: string;
  /** The pattern is matched against whole texts instead of single lines. */
  multiline: boolean;
  /** Lines of context around each match. */
  before: number;
  after: number;
}

export interface FoundLine {
  /** Counted from 1. */
  line: number;
  text: string;
  /** False for a line of context. */
  isMatch: boolean;
}

const FILE = join(__dirname, `line-search.worker${extname(__filename)}`);

/** Looks for a pattern in one text after the other, in a thread of its own that ends with the signal. Close it when done. */
export class LineSearch {
  private readonly worker: Worker;
  private readonly onAbort = () => void this.worker.terminate();

  /** @param signal fires also when the time is up */
  constructor(
    task: SearchTask,
    private readonly signal: AbortSignal,
  ) {
    this.worker = new Worker(FILE, {
      workerData: task,
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    this.worker.on('error', () => undefined);
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  /** The matching lines, no more than `limit`, with their context. Rejects with the signal's reason, or when the search needs too much. */
  async search(text: string, limit: number): Promise<FoundLine[]> {
    this.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<FoundLine[]>();
    const onExit = () =>
      reject(
        this.signal.aborted
          ? this.signal.reason
          : new CallRefused('the search needed too much memory; use a simpler pattern'),
      );
    this.worker.once('message', resolve).once('exit', onExit);
    this.worker.postMessage({ text, limit }, []);
    try {
      return await promise;
    } finally {
      this.worker.off('message', resolve).off('exit', onExit);
    }
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.onAbort);
    await this.worker.terminate();
  }
}
