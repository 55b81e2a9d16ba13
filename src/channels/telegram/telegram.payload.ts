import { idOf, isObject, jsonOf, listOf, objectOf, textOf, type WireObject } from '../core/wire-value';

/** The bot, as far as messages tell that they are for it. */
export interface TelegramBot {
  /** The number in front of its token's colon. */
  id: string;
  /** Without `@`; empty when the operator has not told. */
  username: string;
}

/** A message that a person wrote to the bot or in a group. */
export interface TelegramMessage {
  kind: 'message';
  id: string;
  chat: string;
  /** The topic it is in; undefined outside of topics. */
  topic: string | undefined;
  group: boolean;
  /** Numeric id of the sender. */
  sender: string;
  /** Without `@`; empty when there is none. */
  username: string;
  /** Text or caption, the bot's own name left out. */
  text: string;
  /** The kind of what is attached, such as `photo`. */
  attached: string | undefined;
  /** Named, answered or commanded: it is for the bot also in a group. */
  addressed: boolean;
  /** Milliseconds since the epoch; undefined when the update has no time. */
  sentAt: number | undefined;
}

export type TelegramUpdate = TelegramMessage | { kind: 'bot' } | { kind: 'other' };

/** What a message can hold instead of text (https://core.telegram.org/bots/api#message). Everything else is news about the chat. */
const ATTACHMENTS = [
  'photo',
  'voice',
  'audio',
  'video',
  'video_note',
  'animation',
  'document',
  'sticker',
  'contact',
  'location',
  'venue',
  'poll',
  'dice',
  'story',
  'game',
  'checklist',
  'paid_media',
] as const;

/**
 * Reads an update (https://core.telegram.org/bots/api#update). Only new messages count; edits, channel posts, queries and changes of
 * membership are `other`. Undefined when the body is no update at all.
 */
export function parseTelegram(body: Buffer, bot: TelegramBot): TelegramUpdate | undefined {
  const update = jsonOf(body);
  if (!isObject(update) || !idOf(update.update_id)) return undefined;
  if (!isObject(update.message)) return { kind: 'other' };
  const message = update.message;
  const [chat, from] = [objectOf(message.chat), objectOf(message.from)];
  const ids = { id: numberIn(message.message_id), chat: numberIn(chat.id), sender: numberIn(from.id) };
  // A post of a linked channel that Telegram copies into its discussion group: nobody there wrote it.
  if (!ids.id || !ids.chat || !ids.sender || message.is_automatic_forward === true) return { kind: 'other' };
  if (from.is_bot === true || ids.sender === bot.id) return { kind: 'bot' };
  const attached = ATTACHMENTS.find((kind) => message[kind] !== undefined);
  const written = writtenIn(message, bot);
  if (!written.text && !attached) return { kind: 'other' };
  return {
    kind: 'message',
    ...ids,
    // Replies in ordinary groups bear a thread too, but nothing can be sent into it.
    topic: message.is_topic_message === true ? numberIn(message.message_thread_id) || undefined : undefined,
    group: chat.type === 'group' || chat.type === 'supergroup',
    username: textOf(from.username),
    text: written.text,
    attached,
    addressed: written.named || repliesTo(message, bot),
    sentAt: timeOf(message.date),
  };
}

function repliesTo(message: WireObject, bot: TelegramBot): boolean {
  return bot.id !== '' && numberIn(objectOf(objectOf(message.reply_to_message).from).id) === bot.id;
}

/** The text with its entities, whose offsets count UTF-16 code units, as JavaScript does. */
function writtenIn(message: WireObject, bot: TelegramBot): { text: string; named: boolean } {
  const [text, entities] =
    typeof message.text === 'string'
      ? [message.text, message.entities]
      : [typeof message.caption === 'string' ? message.caption : '', message.caption_entities];
  const names = listOf(entities)
    .map(objectOf)
    .flatMap((entity) => nameOfBot(text, entity, bot))
    .sort((a, b) => b.start - a.start);
  const left = names.reduce((rest, { start, end }) => without(rest, start, end), text);
  return { text: left.trim() || text.trim(), named: names.length > 0 };
}

/** Takes the separator after a name along, where the name began a word. */
function without(text: string, start: number, end: number): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  return before + (/(^|\s)$/.test(before) ? after.replace(/^[,:]?[^\S\n]+/, '') : after);
}

/** Where the entity names the bot: `@my_bot`, its name as a link, or the end of `/ask@my_bot`. */
function nameOfBot(text: string, entity: WireObject, bot: TelegramBot): { start: number; end: number }[] {
  const { type, offset, length } = entity;
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) return [];
  const [start, end] = [Number(offset), Number(offset) + Number(length)];
  if (start < 0 || end > text.length || end <= start) return [];
  if (type === 'text_mention') return numberIn(objectOf(entity.user).id) === bot.id ? [{ start, end }] : [];
  if (!bot.username) return [];
  const name = `@${bot.username.toLowerCase()}`;
  const marked = text.slice(start, end).toLowerCase();
  if (type === 'mention') return marked === name ? [{ start, end }] : [];
  if (type === 'bot_command') return marked.endsWith(name) ? [{ start: end - name.length, end }] : [];
  return [];
}

/** Unix seconds in milliseconds. */
function timeOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 1e11 ? Number(value) * 1000 : undefined;
}

/** An id of Telegram's in digits; empty when it is none. */
function numberIn(value: unknown): string {
  const id = idOf(value);
  return /^-?\d{1,20}$/.test(id) ? id : '';
}
