import type { InboundMessage } from '../core/channel';
import { idOf, isObject, jsonOf } from '../core/wire-value';

const MAX_ID = 512;

/** `other`: an event of another type. `own`: one of our answers. `malformed`: meant as a message, with what is wrong in a sentence. */
export type WebhookEvent =
  | { kind: 'message'; message: InboundMessage }
  | { kind: 'other' }
  | { kind: 'own' }
  | { kind: 'malformed'; sentence: string };

/**
 * Reads `{"type": "message", "sender", "text", "id"?, "conversation"?, "reply_to"?, "sent_at"?, "public"?}` (docs/channels/generic-webhook.md).
 * A field that is missing or of the wrong kind is told instead of guessed: whoever sends this has written it for us. Undefined when
 * the body is no JSON object.
 */
export function readEvent(body: Buffer, delivery: { id: string; receivedAt: number }): WebhookEvent | undefined {
  const event = jsonOf(body);
  if (!isObject(event)) return undefined;
  if (event.type === 'reply') return { kind: 'own' };
  if (event.type !== 'message') return { kind: 'other' };
  const sender = idOf(event.sender);
  const id = given(event.id) ? idOf(event.id) : delivery.id;
  const conversation = given(event.conversation) ? idOf(event.conversation) : sender;
  const replyTo = given(event.reply_to) ? idOf(event.reply_to) : id;
  const sentAt = given(event.sent_at) ? Date.parse(String(event.sent_at)) : delivery.receivedAt;
  const { text } = event;
  for (const [name, value] of Object.entries({ sender, id, conversation, reply_to: replyTo })) {
    if (value === '' || value.length > MAX_ID)
      return malformed(`"${name}" must be a text of 1 to ${MAX_ID} characters or a whole number`);
  }
  if (typeof text !== 'string' || text.trim() === '') return malformed('"text" must be a text that is not empty');
  if (!(sentAt >= 0)) return malformed('"sent_at" must be a time such as 2026-01-31T12:00:00Z');
  const audience = event.public === true && { audience: 'public' as const };
  return { kind: 'message', message: { id, conversation, sender, text, sentAt, replyTo, ...audience } };
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function malformed(sentence: string): WebhookEvent {
  return { kind: 'malformed', sentence };
}
