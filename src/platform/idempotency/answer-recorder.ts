import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from './answer';
import { CapturedBytes } from './captured-bytes';
import { headerEntries } from './header-entries';

/** Who decides what a finished answer is good for. Both are awaited before the last byte leaves, and neither may reject. */
export interface AnswerKeeper {
  keep(answer: Answer): Promise<void>;
  /** The answer is a failure, is too large, or its client left before the end. */
  drop(): Promise<void>;
}

/** Belong to one connection or one request, or are made anew by Node. */
const NEVER_KEPT = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Write = (chunk: unknown, encoding?: unknown, done?: unknown) => boolean;
type End = (...args: unknown[]) => ServerResponse;
type WriteHead = (status: number, ...rest: unknown[]) => ServerResponse;

/** Answers that must not be repeated although they are a 2xx. */
const discarded = new WeakSet<ServerResponse>();

/** For a stream that fails after its 200 went out: the answer it is part of will not be kept, the key is freed. */
export function discardAnswer(response: ServerResponse): void {
  discarded.add(response);
}

/**
 * Listens to everything that is written to a response, in whatever style, and holds back its end until the answer is kept: a client that has
 * seen the whole answer can rely on the key, even when the process is killed in the next moment.
 */
export function recordAnswer(response: ServerResponse, keeper: AnswerKeeper): void {
  new AnswerRecorder(response, keeper).attach();
}

class AnswerRecorder {
  private readonly before: OutgoingHttpHeaders;
  private readonly original: { write: Write; end: End; writeHead: WriteHead };
  private readonly captured = new CapturedBytes();
  /** A chunk that would complete an announced length waits for the end. */
  private held: Parameters<Write> | undefined;
  private ended = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly keeper: AnswerKeeper,
  ) {
    this.before = { ...response.getHeaders() };
    this.original = {
      write: response.write.bind(response) as Write,
      end: response.end.bind(response) as End,
      writeHead: response.writeHead.bind(response) as WriteHead,
    };
  }

  attach(): void {
    const own: { write: Write; end: End; writeHead: WriteHead } = {
      write: (chunk, encoding, done) => this.write(chunk, encoding, done),
      end: (...args) => this.end(args),
      writeHead: (status, ...rest) => this.writeHead(status, rest),
    };
    Object.assign(this.response, own);
    this.response.once('close', () => {
      if (!this.ended) void this.keeper.drop();
    });
  }

  /** Headers given here would pass by `getHeaders()`, so they take the way of `setHeader`. */
  private writeHead(status: number, rest: unknown[]): ServerResponse {
    const reason = typeof rest[0] === 'string' ? rest[0] : undefined;
    for (const [name, value] of headerEntries(reason === undefined ? (rest[0] ?? rest[1]) : rest[1])) {
      this.response.setHeader(name, value);
    }
    return reason === undefined ? this.original.writeHead(status) : this.original.writeHead(status, reason);
  }

  private write(...args: Parameters<Write>): boolean {
    if (this.ended) return false;
    const [chunk, encoding] = args;
    this.captured.add(chunk, encoding);
    const announced = this.response.getHeader('content-length');
    if (announced !== undefined && this.captured.size >= Number(announced) && this.held === undefined) {
      this.held = args;
      return true;
    }
    return this.original.write(...args);
  }

  private end(args: unknown[]): ServerResponse {
    if (this.ended) return this.response;
    this.ended = true;
    const [chunk, encoding] = args;
    if (typeof chunk !== 'function') this.captured.add(chunk, encoding);
    this.freeze();
    void this.decide().finally(() => {
      if (this.held) this.original.write(...this.held);
      this.original.end(...args);
    });
    return this.response;
  }

  /** From here on everybody sees a response that is over, though its last bytes still wait. */
  private freeze(): void {
    const { response } = this;
    if (!response.headersSent) {
      const { statusCode } = response;
      const hasBody = statusCode >= 200 && statusCode !== 204 && statusCode !== 304 && response.req.method !== 'HEAD';
      if (hasBody && !response.hasHeader('content-length') && !response.hasHeader('transfer-encoding')) {
        response.setHeader('content-length', this.captured.size);
      }
      this.original.writeHead(statusCode);
    }
    Object.defineProperty(response, 'writableEnded', { configurable: true, get: () => true });
  }

  private decide(): Promise<void> {
    return this.isWorthKeeping() ? this.keeper.keep(this.answer()) : this.keeper.drop();
  }

  private isWorthKeeping(): boolean {
    const { statusCode } = this.response;
    return statusCode >= 200 && statusCode < 300 && !this.captured.isTooLarge && !discarded.has(this.response);
  }

  private answer(): Answer {
    const headers: Answer['headers'] = {};
    for (const [name, value] of Object.entries(this.response.getHeaders())) {
      if (value === undefined || NEVER_KEPT.has(name) || this.before[name] === value) continue;
      headers[name] = Array.isArray(value) ? value : String(value);
    }
    return { status: this.response.statusCode, headers, body: this.captured.bytes() };
  }
}
