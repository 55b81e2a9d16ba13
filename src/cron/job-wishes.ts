import type { Missed, Overlap } from './job';

/** What a caller writes about a job; each field has its type by now, nothing else is checked. Null takes a field away. */
export interface JobWishes {
  name?: string | null | undefined;
  schedule?: string | null | undefined;
  /** RFC 3339, or local time with `timezone`. */
  at?: string | null | undefined;
  every_ms?: number | null | undefined;
  timezone?: string | null | undefined;
  prompt?: string | null | undefined;
  command?: string | null | undefined;
  session_id?: string | null | undefined;
  deliver_to?: DestinationWishes | null | undefined;
  missed?: Missed | null | undefined;
  overlap?: Overlap | null | undefined;
  enabled?: boolean | null | undefined;
}

export interface DestinationWishes {
  session?: string | null | undefined;
  channel?: string | null | undefined;
  conversation?: string | null | undefined;
}

/** Who wishes. */
export interface Author {
  /** A principal's id or a channel's sender. */
  id: string;
  isAdmin: boolean;
  /** The agent in a turn of theirs: the gate of the tools has judged the call. */
  byAgent: boolean;
}
