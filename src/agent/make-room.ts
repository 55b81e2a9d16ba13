import type { ChatMessage } from '../providers/provider';
import { messageTokens } from './token-estimate';

const LEFT_OUT = '[This result was left out to make room for newer ones. Call the tool again if you need it.]';

/** What a model call brings along, oldest first. */
export interface Conversation {
  /** Earlier turns of the session. */
  history: readonly ChatMessage[];
  /** This turn, what the caller sent and what the tools gave. */
  said: readonly ChatMessage[];
}

/**
 * The conversation as far as a window of so many tokens holds it. Whole earlier turns go first, the oldest first; then the oldest results of
 * this turn's tools lose their text. A call is never parted from its result, and what the caller sent in this turn always stays.
 * @param taken tokens that others need; only asked when it is tight
 */
export function makeRoom({ history, said }: Conversation, window: number, taken: () => number): ChatMessage[] {
  // A token is hardly ever shorter than a character: most conversations are done after this.
  if (characters(history) + characters(said) <= window / 4) return [...history, ...said];
  const spare = window - taken() - tokensOf(said);
  return spare >= 0 ? [...newestTurns(history, spare), ...said] : withoutOldResults(said, -spare);
}

function newestTurns(history: readonly ChatMessage[], room: number): readonly ChatMessage[] {
  let start = history.length;
  let left = room;
  for (let i = history.length - 1; i >= 0; i--) {
    const message = history[i];
    if (!message) continue;
    left -= messageTokens(message);
    if (left < 0) break;
    if (message.role === 'user') start = i;
  }
  return history.slice(start);
}

function withoutOldResults(said: readonly ChatMessage[], excess: number): ChatMessage[] {
  let over = excess;
  const newest = said.findLastIndex(({ role }) => role === 'assistant');
  return said.map((message, index) => {
    if (over <= 0 || message.role !== 'tool' || index > newest) return message;
    const shortened = { ...message, content: LEFT_OUT };
    const won = messageTokens(message) - messageTokens(shortened);
    if (won <= 0) return message;
    over -= won;
    return shortened;
  });
}

function tokensOf(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + messageTokens(message), 0);
}

function characters(messages: readonly ChatMessage[]): number {
  let sum = 0;
  for (const { role, content, ...rest } of messages) {
    if (typeof content === 'string') sum += content.length;
    else if (content !== null) return Infinity;
    if (role === 'assistant' && 'toolCalls' in rest)
      for (const call of rest.toolCalls ?? []) sum += call.arguments.length + call.name.length;
  }
  return sum;
}
