import type { Dispatcher } from 'undici';

/** Bytes that may wait for their reader before the host is held back. */
const HIGH_WATER = 65_536;
/** Bytes worth reading for nothing, so that the connection can be used again. */
const DRAIN_LIMIT = 131_072;

/**
 * The body of an answer as it comes off the wire, without the cost of a stream object. It is read once, in one of the ways below, or
 * discarded; until then the host is held back. A body that breaks off rejects whatever reads it with the library's error.
 */
export class AnswerBody implements AsyncIterable<Buffer> {
  /** Bytes that have come so far, read or not. */
  received = 0;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private onData: ((chunk: Buffer) => void) | undefined;
  private over: { error?: unknown } | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly controller: Dispatcher.DispatchController) {}

  /** True when the last byte has come; it may still wait to be read. */
  get ended(): boolean {
    return this.over !== undefined && !('error' in this.over);
  }

  /** Hands over every piece at once; resolves after the last. Undefined, without anything to wait for, when all of it was there already. */
  read(onData: (chunk: Buffer) => void): Promise<void> | undefined {
    for (const chunk of this.take()) onData(chunk);
    this.onData = onData;
    if (this.ended) return undefined;
    this.resume();
    return this.rest();
  }

  /** The whole body; what is longer than `limit` bytes is cut there and its connection closed. */
  async text(limit = Number.POSITIVE_INFINITY): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) break;
    }
    if (size <= limit) return Buffer.concat(chunks, size).toString();
    this.discard();
    return Buffer.concat(chunks, size).toString('utf8', 0, limit);
  }

  /** Piece by piece. Leaving early decides nothing about the rest: `drain` or `discard` it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      yield* this.take();
      if (this.waiting.length > 0) continue;
      if (this.over) break;
      this.resume();
      // The library may hand over more, and the end, right there.
      if (this.waiting.length === 0 && !this.over) await this.change();
    }
    this.throwIfBroken();
  }

  /** Holds the host back until `resume`. */
  pause(): void {
    if (!this.over) this.controller.pause();
  }

  resume(): void {
    if (!this.over && this.controller.paused) this.controller.resume();
  }

  /** Reads a short rest for nothing, so that the connection can be used again. */
  drain(): void {
    let size = 0;
    this.waiting = [];
    this.onData = (chunk) => {
      size += chunk.length;
      if (size > DRAIN_LIMIT) this.discard();
    };
    this.resume();
  }

  /** Gives the rest up; the connection closes. */
  discard(): void {
    this.waiting = [];
    this.onData = () => undefined;
    if (!this.over) this.controller.abort(new Error('the rest of the answer is not wanted'));
  }

  /** @internal for the exchange that feeds it, like the next two */
  push(chunk: Buffer): void {
    this.received += chunk.length;
    if (this.onData) {
      this.onData(chunk);
      return;
    }
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes > HIGH_WATER) this.controller.pause();
    this.wake?.();
  }

  end(): void {
    this.over = {};
    this.wake?.();
  }

  fail(error: unknown): void {
    this.over = { error };
    this.wake?.();
  }

  private take(): Buffer[] {
    const taken = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    return taken;
  }

  /** Resolves when a piece or the end has come. */
  private async change(): Promise<void> {
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }

  private async rest(): Promise<void> {
    if (!this.over) await this.change();
    this.throwIfBroken();
  }

  private throwIfBroken(): void {
    if (this.over && 'error' in this.over) throw this.over.error;
  }
}
