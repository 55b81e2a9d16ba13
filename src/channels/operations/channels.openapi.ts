import type { ApiOf } from '../../platform/api-doc/documented';
import { flag, integer, list, mapOf, nullable, number, object, oneOf, text, time } from '../../platform/api-doc/schema';
import { INBOX_STATUSES, OUTBOX_STATUSES } from '../queue/queue.tables';
import type { ChannelsController } from './channels.controller';

const card = object({
  name: text,
  title: text,
  path: text,
  configured: flag,
  status: text,
  problem: nullable(text),
  allow_unsigned: flag,
  inbound: mapOf(integer),
  outbound: mapOf(integer),
  oldest_waiting_seconds: nullable(number),
  last_received_at: nullable(time),
  last_sent_at: nullable(time),
  last_error: nullable(text),
  counters: mapOf(integer),
});
const letter = {
  id: text,
  conversation: text,
  attempts: integer,
  error: nullable(text),
  next_attempt_at: nullable(time),
  finished_at: nullable(time),
};
const inbound = object({
  ...letter,
  direction: oneOf('inbound'),
  status: oneOf(...INBOX_STATUSES),
  message_id: text,
  sender: text,
  text: nullable(text),
  sent_at: nullable(time),
  received_at: nullable(time),
});
const outbound = object({
  ...letter,
  direction: oneOf('outbound'),
  status: oneOf(...OUTBOX_STATUSES),
  key: text,
  reply_to: nullable(text),
  parts: list(text),
  parts_confirmed: integer,
  failure: nullable(text),
  created_at: nullable(time),
});
const id = { id: { description: 'Of a message in either queue.', example: '$LETTER_ID' } };

export const api: ApiOf<ChannelsController> = {
  list: { summary: 'How the channels do', answer: object({ channels: list(card) }) },
  messages: {
    summary: 'Messages of a channel',
    description: 'What people wrote, or with `direction=outbound` the answers; the newest first.',
    parameters: { name: { example: 'linq' }, direction: { example: 'inbound' } },
    answer: object({ messages: list({ oneOf: [inbound, outbound] }), next_before: nullable(text) }),
    errors: { 404: ['channel.unknown'] },
  },
  retry: {
    summary: 'Try a dead letter again',
    parameters: id,
    answer: object({ id: text, status: oneOf('queued') }),
    errors: { 404: ['channel.unknown_message'] },
  },
  erase: {
    summary: 'Delete a message',
    parameters: id,
    answer: object({ id: text, status: oneOf('deleted') }),
    errors: { 404: ['channel.unknown_message'] },
  },
};
