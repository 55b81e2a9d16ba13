/** What a budget says about one more hit. Times are whole seconds, rounded up. */
export interface WindowVerdict {
  allowed: boolean;
  /** Hits of the window, this one included when it was allowed. */
  hits: number;
  /** Until the window holds no hit of now any more. */
  resetSeconds: number;
  /** Until one more hit is allowed; 0 when this one was. */
  retrySeconds: number;
}

const WINDOW = 60;
/** One slot more than the window: a hit at the end of its second must count for a full minute. */
const SLOTS = WINDOW + 1;

/** Hits of one client in 61 slots of a second: never allows more than the limit in any 60 s, at a fixed 300 bytes for any limit. */
class ClientWindow {
  private readonly slots = new Uint32Array(SLOTS);
  private second = 0;
  private total = 0;

  hit(second: number, limit: number): WindowVerdict {
    this.advance(second);
    if (this.total >= limit) {
      return {
        allowed: false,
        hits: this.total,
        resetSeconds: this.secondsUntil(1),
        retrySeconds: this.secondsUntil(limit),
      };
    }
    this.slots[second % SLOTS] = (this.slots[second % SLOTS] ?? 0) + 1;
    this.total++;
    return { allowed: true, hits: this.total, resetSeconds: SLOTS, retrySeconds: 0 };
  }

  private advance(second: number): void {
    if (second <= this.second) return;
    const stale = Math.min(second - this.second, SLOTS);
    for (let i = 1; i <= stale; i++) {
      const slot = (this.second + i) % SLOTS;
      this.total -= this.slots[slot] ?? 0;
      this.slots[slot] = 0;
    }
    this.second = second;
  }

  /** Seconds until fewer than `limit` hits are left. */
  private secondsUntil(limit: number): number {
    let left = this.total;
    for (let age = WINDOW; age >= 0; age--) {
      left -= this.slots[(this.second + SLOTS - age) % SLOTS] ?? 0;
      if (left < limit) return SLOTS - age;
    }
    return SLOTS;
  }
}

/** Sliding windows of a minute for many clients. Holds at most `maxKeys` of them; the least recently active one makes room. */
export class SlidingWindows {
  /** The most recently active one last. */
  private readonly clients = new Map<string, ClientWindow>();
  private newest: string | undefined;

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.clients.size;
  }

  /** @param now milliseconds @param limit hits per minute */
  hit(key: string, now: number, limit: number): WindowVerdict {
    const client = this.clients.get(key) ?? this.admit();
    // Moving an entry makes the map copy itself now and then, so the one that is the last already stays where it is.
    if (key !== this.newest) {
      this.clients.delete(key);
      this.clients.set(key, client);
      this.newest = key;
    }
    return client.hit(Math.floor(now / 1000), limit);
  }

  private admit(): ClientWindow {
    if (this.clients.size >= this.maxKeys) this.clients.delete(this.clients.keys().next().value ?? '');
    return new ClientWindow();
  }
}
