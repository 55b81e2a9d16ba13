import type { ChatMessage } from '../../providers/provider';
import type { TurnRequest } from '../turn';

/** What a turn is about in the words of whoever asked: their newest message, without pictures. */
export function askedIn({ messages, remember }: TurnRequest): string {
  if (remember) return remember;
  const asked = messages.findLast(({ role }) => role === 'user');
  return asked === undefined ? '' : textOf(asked);
}

export function textOf({ content }: ChatMessage): string {
  if (!Array.isArray(content)) return content ?? '';
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
