import { objectOf, textOf } from '../core/wire-value';
import type { WireObject } from '../core/wire-value';

/** What of a message the agent reads, or what its sender is told instead. */
export interface WhatsAppContent {
  readonly text: string;
  readonly notice?: string;
}

/** Kinds with an optional caption, as people call them. */
const CAPTIONED = new Map([
  ['image', 'picture'],
  ['video', 'video'],
  ['document', 'document'],
]);

/** Kinds that hold nothing to read. */
const WORDLESS = new Map([
  ['audio', 'voice and audio messages'],
  ['sticker', 'stickers'],
  ['location', 'locations'],
  ['contacts', 'contacts'],
  ['order', 'orders'],
  ['unsupported', 'this kind of message'],
]);

/** What `unsupported` stands for when nobody wrote anything. */
const NO_MESSAGES = new Set([
  'edit',
  'errors',
  'keep_in_chat',
  'media_placeholder',
  'pin',
  'poll_update',
  'reaction',
  'revoke',
]);

/**
 * The content of an entry of `messages`; undefined for reactions, system messages, edits and whatever else asks for no answer.
 * Text is taken from the place of its kind only, and markers in it stay plain text.
 */
export function contentOf(message: WireObject): WhatsAppContent | undefined {
  const type = textOf(message['type']);
  const captioned = CAPTIONED.get(type);
  if (captioned !== undefined) return withCaption(type, captioned, caption(message[type]));
  const wordless = WORDLESS.get(type);
  if (wordless !== undefined) return isMessage(message) ? notReadable(type, wordless) : undefined;
  const text = textIn(type, message);
  return text === '' ? undefined : { text };
}

function textIn(type: string, message: WireObject): string {
  switch (type) {
    case 'interactive':
      return choiceOf(objectOf(message['interactive']));
    case 'button': {
      const button = objectOf(message['button']);
      return textOf(button['text']) || textOf(button['payload']);
    }
    case '':
    case 'text':
      return textOf(objectOf(message['text'])['body']);
    default:
      return '';
  }
}

/** What the person saw when choosing, or the form they filled in. */
function choiceOf(interactive: WireObject): string {
  const button = objectOf(interactive['button_reply']);
  const row = objectOf(interactive['list_reply']);
  const form = objectOf(interactive['nfm_reply']);
  const described = [textOf(row['title']), textOf(row['description'])].filter(Boolean).join('\n');
  return (
    textOf(button['title']) || described || textOf(button['id']) || textOf(row['id']) || textOf(form['response_json'])
  );
}

function isMessage({ unsupported }: WireObject): boolean {
  return !NO_MESSAGES.has(textOf(objectOf(unsupported)['type']));
}

function caption(media: unknown): string {
  return textOf(objectOf(media)['caption']);
}

function withCaption(type: string, kind: string, text: string): WhatsAppContent {
  if (text === '') return notReadable(type, `a ${kind} without words`);
  return { text: `${text}\n\n(A ${kind} came with this message. It cannot be opened here.)` };
}

function notReadable(type: string, kind: string): WhatsAppContent {
  return {
    text: `(${type})`,
    notice: `Sorry, I cannot read ${kind}. I read text, captions and button replies: please write to me in words.`,
  };
}
