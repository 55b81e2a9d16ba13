import type { EventRing } from './event-ring';

/** Why events are missing: the ring has no room for them any more, or the id is not of this process. */
export type GapReason = 'evicted' | 'other_process';

export interface FeedPosition {
  /** The number of the last event that the client has. */
  after: number;
  gap?: GapReason;
}

/**
 * Where a client goes on. Without an id at the present; with one right after it. An id that this process has not given out, most likely
 * one from before a restart or from another replica, is a gap, followed by everything that is kept here.
 */
export function positionOf(id: string | undefined, prefix: string, ring: EventRing): FeedPosition {
  if (id === undefined) return { after: ring.last };
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  const number = /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : Infinity;
  if (number > ring.last) return { after: ring.first - 1, gap: 'other_process' };
  return { after: number };
}
