import type { Ignored, InboundMessage } from '../core/channel';
import { idOf, isObject, jsonOf, listOf, objectOf, textOf } from '../core/wire-value';
import type { WireObject } from '../core/wire-value';
import { contentOf } from './whatsapp-content';

const MAX_ID = 512;
const MAX_TIME_MS = 8.64e15;

/** Something that Meta could not do and told the webhook about. */
export interface WhatsAppFailure {
  /** wamid of our message; empty when the failure is about the account. */
  readonly message: string;
  /** What we sent along as `biz_opaque_callback_data`: the id of the outbound part. */
  readonly part: string;
  /** Meta's code and words. */
  readonly reason: string;
}

export interface WhatsAppDelivery {
  readonly messages: readonly InboundMessage[];
  readonly ignored: readonly Ignored[];
  readonly failures: readonly WhatsAppFailure[];
}

export interface WhatsAppReader {
  phoneNumberId: string;
  allows(sender: string): boolean;
  /** Milliseconds; stands for a time that is missing. */
  receivedAt: number;
}

type Found = InboundMessage | Ignored;

/**
 * Reads a webhook of the field `messages`. Undefined when the body is no JSON object.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
 */
export function readDelivery(body: Buffer, reader: WhatsAppReader): WhatsAppDelivery | undefined {
  const delivery = jsonOf(body);
  if (!isObject(delivery)) return undefined;
  const values = objects(delivery['entry']).flatMap(({ changes }) =>
    objects(changes).map(({ value }) => objectOf(value)),
  );
  const found = values.flatMap((value) => findings(value, reader));
  return {
    messages: found.filter((each) => typeof each !== 'string'),
    ignored: found.filter((each) => typeof each === 'string'),
    failures: values.flatMap(failuresOf),
  };
}

function findings(value: WireObject, reader: WhatsAppReader): Found[] {
  const ours = idOf(objectOf(value['metadata'])['phone_number_id']);
  const received = objects(value['messages']);
  // One app serves all numbers of its accounts, so what is meant for another number arrives here too.
  if (ours !== '' && ours !== reader.phoneNumberId) return received.map(() => 'not_mentioned' as const);
  return [
    ...received.map((message) => messageOf(message, reader)),
    ...objects(value['message_echoes']).map(() => 'own' as const),
    ...objects(value['statuses']).map(() => 'not_a_message' as const),
  ];
}

function messageOf(message: WireObject, reader: WhatsAppReader): Found {
  const id = textOf(message['id']);
  const sender = senderOf(message);
  const content = contentOf(message);
  if (!content || !isShortId(id) || !isShortId(sender)) return 'not_a_message';
  if (textOf(message['group_id']) !== '') return 'not_mentioned';
  if (!reader.allows(sender)) return 'not_allowed';
  return {
    id,
    conversation: sender,
    sender,
    sentAt: timeOf(message['timestamp']) ?? reader.receivedAt,
    replyTo: id,
    ...content,
  };
}

/** The number with its +. People with a username may hide it; then the user ID, which holds for this business only. */
function senderOf(message: WireObject): string {
  const number = textOf(message['from']);
  if (number === '') return textOf(message['from_user_id']);
  return number.startsWith('+') ? number : `+${number}`;
}

function isShortId(id: string): boolean {
  return id !== '' && id.length <= MAX_ID;
}

function timeOf(seconds: unknown): number | undefined {
  const text = idOf(seconds);
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : 0;
  return milliseconds > 0 && milliseconds <= MAX_TIME_MS ? milliseconds : undefined;
}

function failuresOf(value: WireObject): WhatsAppFailure[] {
  const failed = objects(value['statuses']).filter((status) => status['status'] === 'failed');
  const account = objects(value['errors']).map((error) => ({ message: '', part: '', reason: reasonOf(error) }));
  return account.concat(
    failed.map((status) => ({
      message: textOf(status['id']),
      part: textOf(status['biz_opaque_callback_data']),
      reason: objects(status['errors']).map(reasonOf).join('; ') || 'no reason given',
    })),
  );
}

/** `131026 Message undeliverable: <details>`, of an entry of `errors`. */
function reasonOf(error: WireObject): string {
  const details = textOf(objectOf(error['error_data'])['details']);
  const words = textOf(error['title']) || textOf(error['message']);
  return [idOf(error['code']), details === '' ? words : `${words}: ${details}`].filter(Boolean).join(' ');
}

function objects(value: unknown): WireObject[] {
  return listOf(value).filter(isObject);
}
