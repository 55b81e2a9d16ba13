import { FeedEvent } from './feed-event';
import type { Happening } from './feed-event';

export interface RingLimits {
  events: number;
  bytes: number;
}

/** The newest events, numbered without a hole. Adding one never waits and never copies; when there is no room the oldest go. */
export class EventRing {
  private readonly slots: (FeedEvent | undefined)[];
  private weight = 0;
  private oldest = 1;
  private newest = 0;

  constructor(private readonly limits: RingLimits) {
    this.slots = Array.from({ length: limits.events });
  }

  /** The number of the oldest event that is kept; one more than `last` while there is none. */
  get first(): number {
    return this.oldest;
  }

  /** The number of the newest event; 0 before there was one. */
  get last(): number {
    return this.newest;
  }

  /** @param at milliseconds since the epoch */
  add(at: number, happening: Happening): void {
    if (this.newest - this.oldest + 1 >= this.limits.events) this.dropOldest();
    const event = new FeedEvent(++this.newest, at, happening);
    this.slots[event.number % this.limits.events] = event;
    this.weight += event.weight;
    while (this.weight > this.limits.bytes && this.oldest < this.newest) this.dropOldest();
  }

  /** Undefined for one that is not kept any more, or has not happened yet. */
  get(number: number): FeedEvent | undefined {
    if (number < this.oldest || number > this.newest) return undefined;
    return this.slots[number % this.limits.events];
  }

  private dropOldest(): void {
    const slot = this.oldest % this.limits.events;
    this.weight -= this.slots[slot]?.weight ?? 0;
    this.slots[slot] = undefined;
    this.oldest++;
  }
}
