import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** How long a client may leave the connection full before it is given up. */
const STALLED_MS = 30_000;

/** Silence after which a comment keeps proxies from cutting the connection. */
const KEEP_ALIVE_MS = 15_000;

/**
 * A stream of server-sent events (WHATWG HTML, §9.2). Frames written in the same tick leave as one packet; a slow client is waited for,
 * a stalled one is cut. Nothing throws when the client has left: watch `clientSignal(response)` for that.
 */
export class SseStream {
  private pending = '';
  private readonly keepAlive: NodeJS.Timeout;

  /** Sends the head at once. */
  constructor(
    private readonly response: ServerResponse,
    private readonly stalledMs = STALLED_MS,
  ) {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Proxies that compress would hold frames back.
      'Cache-Control': 'no-cache, no-transform',
      // Tells nginx to pass each frame on as it comes.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    this.keepAlive = setInterval(() => this.queue(': keep-alive\n\n'), KEEP_ALIVE_MS).unref();
    response.once('close', () => clearInterval(this.keepAlive));
  }

  /** True when nothing more can reach the client. */
  get closed(): boolean {
    return this.response.destroyed || this.response.writableEnded;
  }

  /**
   * Queues one frame. A promise is returned only while the client is behind: await it before producing more.
   * @param data one line, as JSON is
   * @param event the event's name; without one the client sees a plain message
   * @param id what a client that comes back sends as `Last-Event-ID`
   */
  write(data: string, event?: string, id?: string | number): Promise<void> | undefined {
    const name = event === undefined ? '' : `event: ${event}\n`;
    return this.writeBlocks(id === undefined ? `${name}data: ${data}\n\n` : `id: ${id}\n${name}data: ${data}\n\n`);
  }

  /** The same for blocks that are on the wire's terms already, such as frames that many clients share. Each ends with an empty line. */
  writeBlocks(blocks: string): Promise<void> | undefined {
    if (this.closed) return undefined;
    this.keepAlive.refresh();
    this.queue(blocks);
    return this.response.writableNeedDrain ? this.drained() : undefined;
  }

  end(): void {
    clearInterval(this.keepAlive);
    if (this.closed) return;
    this.response.end(this.pending);
    this.pending = '';
  }

  private queue(frame: string): void {
    // What one packet from upstream brings is handled before setImmediate fires, so waiting for it costs no time.
    if (this.pending === '') setImmediate(() => this.flush());
    this.pending += frame;
  }

  private flush(): void {
    if (this.pending === '' || this.closed) return;
    this.response.write(this.pending);
    this.pending = '';
  }

  private async drained(): Promise<void> {
    const settled = new AbortController();
    const { signal } = settled;
    const timer = setTimeout(() => this.response.destroy(), this.stalledMs);
    try {
      await Promise.race([once(this.response, 'drain', { signal }), once(this.response, 'close', { signal })]);
    } catch {
      // A socket error: `close` follows, and `closed` tells.
    } finally {
      clearTimeout(timer);
      settled.abort();
    }
  }
}
