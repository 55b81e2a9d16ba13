import { setTimeout as wait } from 'node:timers/promises';

/** Conversations whose last part is remembered; the one that was silent longest makes room. */
const MOST_REMEMBERED = 10_000;

/** Keeps to a number of parts per second and conversation. */
export class Pace {
  private readonly next = new Map<string, number>();

  /** Resolves when a part may go out; rejects with the signal's reason. */
  async turn(conversation: string, perSecond: number | undefined, signal: AbortSignal): Promise<void> {
    if (perSecond === undefined) return;
    const now = performance.now();
    const at = Math.max(now, this.next.get(conversation) ?? 0);
    this.next.delete(conversation);
    this.next.set(conversation, at + 1000 / perSecond);
    if (this.next.size > MOST_REMEMBERED) this.next.delete(this.next.keys().next().value ?? '');
    if (at > now) await wait(Math.ceil(at - now), undefined, { signal });
    signal.throwIfAborted();
  }
}
