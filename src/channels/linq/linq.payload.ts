import { createHash } from 'node:crypto';
import type { Ignored, InboundMessage, ParsedRequest } from '../core/channel';
import { idOf, isObject, jsonOf, listOf, objectOf, textOf } from '../core/wire-value';
import type { WireObject } from '../core/wire-value';

const MAX_ID = 512;
const NOTICE =
  'Sorry, I cannot open pictures, videos, voice messages or files. I read text: please write to me in words.';

export interface LinqReader {
  allows(sender: string): boolean;
  /** Milliseconds; stands for a time that is missing. */
  receivedAt: number;
}

/**
 * Reads an event of the v3 API, in the form of 2026-02-03 (`data.sender_handle`, `data.chat`, `data.parts`) and of 2025-01-01
 * (`data.from`, `data.chat_id`, `data.message`). Undefined when the body is no JSON object.
 * https://docs.linqapp.com/guides/webhooks/events
 */
export function readEvent(body: Buffer, reader: LinqReader): ParsedRequest | undefined {
  const event = jsonOf(body);
  if (!isObject(event)) return undefined;
  const found = event['event_type'] === 'message.received' ? messageOf(event, body, reader) : 'not_a_message';
  return typeof found === 'string' ? { messages: [], ignored: [found] } : { messages: [found], ignored: [] };
}

function messageOf(event: WireObject, body: Buffer, reader: LinqReader): InboundMessage | Ignored {
  const data = objectOf(event['data']);
  const handle = objectOf(data['sender_handle']);
  if (data['is_from_me'] === true || handle['is_me'] === true || data['direction'] === 'outbound') return 'own';

  const message = objectOf(data['message']);
  const chat = objectOf(data['chat']);
  const sender = handleOf(textOf(data['from']) || textOf(data['sender']) || textOf(handle['handle']));
  const conversation = idOf(data['chat_id']) || idOf(chat['id']) || sender;
  const id = idOf(data['id']) || idOf(message['id']) || idOf(event['event_id']) || digestOf(body);
  const content = contentOf(listOf(message['parts'] ?? data['parts']));
  if (!content || sender === '' || [sender, conversation, id].some(({ length }) => length > MAX_ID))
    return 'not_a_message';
  if (!reader.allows(sender)) return 'not_allowed';
  return {
    id,
    conversation,
    sender,
    sentAt: timeOf(data, message, event) ?? reader.receivedAt,
    replyTo: id,
    ...(chat['is_group'] === true && inGroup(conversation)),
    ...content,
  };
}

/** Everybody in a group reads the answers, so the group has a session and memories of its own. */
function inGroup(conversation: string): Pick<InboundMessage, 'owner' | 'sessionId' | 'audience'> {
  return { owner: `linq_${conversation}`, sessionId: `linq_${conversation}`, audience: 'public' };
}

/** Numbers get their +; iMessage also knows e-mail addresses. */
function handleOf(handle: string): string {
  return /^\d+$/.test(handle) ? `+${handle}` : handle;
}

/** Text and links as they are. Pictures become neither markers nor URLs: nothing that arrives here makes the agent open a file. */
function contentOf(parts: readonly unknown[]): Pick<InboundMessage, 'text' | 'notice'> | undefined {
  const known = parts.map(objectOf);
  const text = known
    .filter(({ type }) => type === 'text' || type === 'link')
    .map(({ value }) => textOf(value))
    .filter(Boolean)
    .join('\n');
  const hasMedia = known.some(({ type }) => type === 'media' || type === 'image');
  if (text === '') return hasMedia ? { text: '(media)', notice: NOTICE } : undefined;
  return { text: hasMedia ? `${text}\n\n(An attachment came with this message. It cannot be opened here.)` : text };
}

function timeOf(data: WireObject, message: WireObject, event: WireObject): number | undefined {
  const times = [data['sent_at'], data['received_at'], message['sent_at'], event['created_at'], data['created_at']];
  return times.map((time) => Date.parse(textOf(time))).find((time) => time > 0);
}

/** Linq sends the same bytes again when it tries again. */
function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
