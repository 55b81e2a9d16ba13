import { idOf, isObject, jsonOf, objectOf, textOf, type WireObject } from '../core/wire-value';
import { readableText } from './rich-text';

/** A message that a person wrote in a conversation. */
export interface TalkMessage {
  kind: 'message';
  /** Undefined when the payload names none. */
  id: string | undefined;
  /** Token of the conversation. */
  room: string;
  /** Full id, `users/ada`; without a kind of actor when the payload has none. */
  actor: string;
  text: string;
  files: readonly string[];
  /** Milliseconds since the epoch; undefined when the payload has no time. */
  sentAt: number | undefined;
  /** It answers a message of a bot. */
  repliesToBot: boolean;
}

/** What a webhook of Nextcloud Talk says; undefined when it is not JSON of that kind at all. */
export type TalkEvent = TalkMessage | { kind: 'own' } | { kind: 'other' };

const OTHER: TalkEvent = { kind: 'other' };
const OWN: TalkEvent = { kind: 'own' };
/** `/` and dots in a token would change the address that the answer goes to. */
const TOKEN = /^[\w-]{1,64}$/;
const MESSAGE_ID = /^[\w-]{1,64}$/;
const MAX_ACTOR = 255;
const BOTS = new Set(['bots', 'application']);

/**
 * Reads both families of payloads: Activity Streams 2 (`type: "Create"`, Talk 17.1 and later,
 * https://nextcloud-talk.readthedocs.io/en/latest/bots/) and the older flat one (`type: "message"`).
 */
export function parseTalk(body: Buffer): TalkEvent | undefined {
  const payload = jsonOf(body);
  if (!isObject(payload)) return undefined;
  const [object, message, target] = [objectOf(payload.object), objectOf(payload.message), objectOf(payload.target)];
  const room = textOf(object.token) || textOf(message.token) || textOf(target.id);
  const { type: actorType, id: actor } = actorOf(payload, message);
  if (BOTS.has(actorType) || actor.startsWith('bots/')) return OWN;
  if (!isMessage(payload, object, message) || !TOKEN.test(room) || !actor || actor.length > MAX_ACTOR) return OTHER;
  const content = contentOf(object, message);
  const read = readableText(textOf(content.message), content.parameters ?? message.messageParameters);
  if (!read.text && read.files.length === 0) return OTHER;
  const id = idOf(message.id) || idOf(object.id);
  return {
    kind: 'message',
    id: MESSAGE_ID.test(id) ? id : undefined,
    room,
    actor,
    ...read,
    sentAt: timeOf(message.timestamp ?? payload.timestamp),
    repliesToBot: textOf(objectOf(objectOf(object.inReplyTo).actor).id).startsWith('bots/'),
  };
}

/** System messages, reactions (`Like`, `Undo`) and the bot's own `Join` and `Leave` are none. */
function isMessage(payload: WireObject, object: WireObject, message: WireObject): boolean {
  const type = textOf(payload.type).toLowerCase();
  if (type === 'create') {
    // Talk before version 23 leaves the name of messages with attachments empty; system messages bear theirs.
    const name = textOf(object.name);
    return textOf(object.type) === 'Note' && (name === '' || name === 'message');
  }
  const kind = textOf(message.messageType) || 'comment';
  return type === 'message' && kind === 'comment' && textOf(message.systemMessage) === '';
}

/** The flat family tells kind and id apart, and only the kind says whose id it is: a guest may bear the name of a user. */
function actorOf(payload: WireObject, message: WireObject): { type: string; id: string } {
  const actor = objectOf(payload.actor);
  const kind = textOf(message.actorType) || textOf(payload.actorType);
  const flat = textOf(message.actorId) || textOf(payload.actorId);
  const type = (kind || textOf(actor.type)).toLowerCase();
  if (!flat) return { type, id: textOf(actor.id) };
  return { type, id: !kind || flat.startsWith(`${kind}/`) ? flat : `${kind}/${flat}` };
}

function contentOf(object: WireObject, message: WireObject): WireObject {
  if (textOf(message.message)) return { message: message.message };
  if (typeof object.content !== 'string') return objectOf(object.content);
  const content = jsonOf(object.content);
  return isObject(content) ? content : { message: object.content };
}

/** Seconds or milliseconds, as a number or in digits. */
function timeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number <= 0) return undefined;
  return number > 1e12 ? number : number * 1000;
}
