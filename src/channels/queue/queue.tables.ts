import type { Generated } from 'kysely';

/** What both queues have in common. Times are milliseconds since the epoch. */
interface QueueTable<Status extends string> {
  /** The order within a conversation. */
  seq: Generated<number>;
  id: string;
  channel: string;
  conversation: string;
  status: Status;
  /** How often it was taken up. Together with `holder` it names one taking up: whoever lost it can change nothing any more. */
  attempts: number;
  /** The process that has it, and until when that is known to live. */
  holder: string | null;
  lease_until: number | null;
  next_attempt_at: number;
  /** Why the last attempt failed. */
  error: string | null;
}

export const INBOX_STATUSES = ['received', 'running', 'answered', 'ignored_old', 'dead', 'deleted'] as const;
/** `received` waits for its turn, `ignored_old` was too old to answer, `dead` failed for good, of a `deleted` one only the claim is left. */
export type InboxStatus = (typeof INBOX_STATUSES)[number];

export interface InboxTable extends QueueTable<InboxStatus> {
  /** The platform's. */
  message_id: string;
  sender: string;
  /** JSON of the InboundMessage. */
  message: string;
  /** 1 when a person had it tried again: its age does not matter then. */
  by_hand: number;
  sent_at: number;
  received_at: number;
  finished_at: number | null;
}

export const OUTBOX_STATUSES = ['pending', 'sending', 'sent', 'dead', 'deleted'] as const;
export type OutboxStatus = (typeof OUTBOX_STATUSES)[number];

export interface OutboxTable extends QueueTable<OutboxStatus> {
  /** A second answer of the same key is none. */
  key: string;
  reply_to: string | null;
  /** JSON list of texts, each short enough for the platform. */
  parts: string;
  /** How many of them the platform has confirmed. */
  part: number;
  /** How often the next one was begun. */
  part_attempts: number;
  /** A DeliveryFailure, or `expired`. */
  failure: string | null;
  /** Since when it waits: when it was made, or when a person had it tried again. */
  queued_at: number;
  created_at: number;
  finished_at: number | null;
}

export interface ChannelTables {
  channel_inbox: InboxTable;
  channel_outbox: OutboxTable;
}
