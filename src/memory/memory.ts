/**
 * Who asks, and from which conversation. `owner` is the stable id of one person: a token's principal id, or `<channel>:<sender>`.
 * Sessions of the same name under two owners are two sessions.
 */
export interface MemoryScope {
  owner: string;
  sessionId?: string | undefined;
  /** Others than the owner read what is recalled, so only what this very session has left is. */
  audience?: 'public' | undefined;
}

/** Permanent, without decay, and everybody's: the one category that other owners recall too. */
export const CORE = 'core';
/** Permanent and without decay like `core`, but its owner's alone. */
export const PERSONAL = 'personal';
/** Notes of the day; archived and purged after a while. */
export const DAILY = 'daily';
/** What was said; deleted after a while. */
export const CONVERSATION = 'conversation';

/** Categories that lose nothing with time. Any other name is a custom category: it decays and is never deleted by itself. */
export const PERMANENT: ReadonlySet<string> = new Set([CORE, PERSONAL]);

/** Something remembered, as its owner or, when it is `core`, anybody else sees it. */
export interface MemoryEntry {
  id: string;
  key: string;
  content: string;
  category: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  updatedAt: number;
  /** The session it belongs to; null for all sessions of its owner. Always null on entries of somebody else. */
  sessionId: string | null;
  owner: string;
  /** 0 to 1, how well it answers a query; null when none was asked. */
  score: number | null;
}

export interface Remembered {
  key: string;
  content: string;
  /** Default `core`. */
  category?: string;
}

export interface ListOptions {
  category?: string | undefined;
  limit?: number | undefined;
  /** `next` of the page before. */
  cursor?: string | undefined;
}

export interface MemoryPage {
  entries: MemoryEntry[];
  /** Where the next page begins; undefined on the last one. */
  next: string | undefined;
}

export interface RecallOptions {
  category?: string | undefined;
  limit?: number | undefined;
  /** Entries below are left out, 0 to 1. */
  minScore?: number | undefined;
}
