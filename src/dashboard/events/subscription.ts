import { setImmediate as nextRound } from 'node:timers/promises';
import type { SseStream } from '../../platform/http/sse';
import type { EventFeed } from './event-feed';
import type { FeedEvent, FeedType } from './feed-event';
import type { FeedPosition, GapReason } from './feed-position';

/** Characters that are written before it is looked whether the client keeps up. */
const BATCH_CHARS = 65_536;
/** Events that a filter may hide before the client is told, by an id alone, how far it has come. */
const BOOKMARK_EVERY = 128;
const RETRY_MS = 2_000;

export interface Wishes {
  /** Undefined for all of them. */
  types: ReadonlySet<FeedType> | undefined;
  /** Whether the client may see the event's details. */
  sees: (event: FeedEvent) => boolean;
}

/**
 * One client's way through the feed: every event once and in order, from where it was. What the ring lost before the client
 * came for it is told as a `gap` in its place.
 */
export class Subscription {
  private cursor: number;
  /** The number that the client knows from the last id. */
  private told: number;
  private gap: GapReason | undefined;
  private isLast = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly stream: SseStream,
    private readonly wishes: Wishes,
    private readonly onGap: (reason: GapReason) => void,
    start: FeedPosition,
  ) {
    this.cursor = this.told = start.after;
    this.gap = start.gap;
  }

  /** Resolves when the client has left or the stream was ended. */
  async run(): Promise<void> {
    // Before a gap the client keeps the id that it came with: cut off here, it has to be told again.
    const id = this.gap === undefined ? `id: ${this.feed.prefix}${this.cursor}\n` : '';
    await this.stream.writeBlocks(`retry: ${RETRY_MS}\n${id}\n`);
    while (!this.stream.closed) {
      const batch = this.nextBatch();
      if (batch !== '') {
        await this.stream.writeBlocks(batch);
        await nextRound();
      } else if (this.isLast) break;
      else if (this.cursor === this.feed.ring.last) await this.feed.news();
    }
    this.stream.end();
  }

  /** What has happened so far is delivered, then the stream ends. */
  finish(): void {
    this.isLast = true;
    this.feed.wake();
  }

  /** Nothing more is delivered. */
  stop(): void {
    this.stream.end();
    this.feed.wake();
  }

  /** What comes next, as far as it fits; empty when nothing does. */
  private nextBatch(): string {
    const { ring, prefix } = this.feed;
    const { types, sees } = this.wishes;
    let batch = this.missed();
    while (this.cursor < ring.last && batch.length < BATCH_CHARS) {
      const event = ring.get(++this.cursor);
      if (event === undefined) break;
      if (types === undefined || types.has(event.happening.type)) {
        batch += event.frame(prefix, sees(event));
        this.told = this.cursor;
      } else if (this.cursor - this.told >= BOOKMARK_EVERY) {
        batch += `id: ${prefix}${this.cursor}\n\n`;
        this.told = this.cursor;
      }
    }
    return batch;
  }

  private missed(): string {
    const { ring, prefix } = this.feed;
    const kept = ring.first - 1;
    const missed = kept - this.cursor;
    const reason = this.gap ?? (missed > 0 ? 'evicted' : undefined);
    if (reason === undefined) return '';
    this.gap = undefined;
    this.cursor = this.told = Math.max(this.cursor, kept);
    this.onGap(reason);
    // How many another process had nobody knows.
    const gap = { type: 'gap', reason, ...(reason === 'evicted' && { missed }), timestamp: this.feed.timestamp() };
    return `id: ${prefix}${this.cursor}\ndata: ${JSON.stringify(gap)}\n\n`;
  }
}
