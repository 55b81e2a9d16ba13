import type { InboundMessage } from '../core/channel';
import type { InboxRow } from '../inbox/inbox.repository';
import type { OutboxRow } from '../outbox/outbox.repository';

/** A message of a person as admins see it. */
export function inboundView(row: InboxRow): object {
  const { text = null } = JSON.parse(row.message) as Partial<InboundMessage>;
  return {
    id: row.id,
    direction: 'inbound',
    status: row.status,
    message_id: row.message_id,
    conversation: row.conversation,
    sender: row.sender,
    text,
    attempts: row.attempts,
    error: row.error,
    sent_at: time(row.sent_at),
    received_at: time(row.received_at),
    next_attempt_at: row.status === 'received' ? time(row.next_attempt_at) : null,
    finished_at: time(row.finished_at),
  };
}

/** An answer as admins see it. */
export function outboundView(row: OutboxRow): object {
  const parts = JSON.parse(row.parts) as string[];
  return {
    id: row.id,
    direction: 'outbound',
    status: row.status,
    key: row.key,
    conversation: row.conversation,
    reply_to: row.reply_to,
    parts,
    parts_confirmed: row.part,
    attempts: row.attempts,
    failure: row.failure,
    error: row.error,
    created_at: time(row.created_at),
    next_attempt_at: row.status === 'pending' ? time(row.next_attempt_at) : null,
    finished_at: time(row.finished_at),
  };
}

export function time(milliseconds: number | null | undefined): string | null {
  if (milliseconds === null || milliseconds === undefined) return null;
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
