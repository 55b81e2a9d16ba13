import type { ChatMessage, ToolCall } from '../providers/provider';

/** A message as it was kept. */
export interface StoredMessage {
  message: ChatMessage;
  tokens: number;
}

const UNASKED: ChatMessage = { role: 'user', content: '[You began this conversation yourself.]' };

/**
 * The newest whole turns that fit. Starts at a user message, so that neither a question nor a tool call is cut from what follows it;
 * a turn that does not fit as a whole is left out with everything before it. What the assistant said of its own accord at the very beginning
 * is put behind a line that says so, because some models want the user to speak first.
 */
export function boundHistory(stored: readonly StoredMessage[], maxMessages: number, maxTokens: number): ChatMessage[] {
  let start = stored.length;
  let tokens = 0;
  for (let i = stored.length - 1; i >= 0 && stored.length - i <= maxMessages; i--) {
    const entry = stored[i];
    tokens += entry?.tokens ?? 0;
    if (tokens > maxTokens) break;
    if (entry?.message.role === 'user') start = i;
  }
  const kept = stored.slice(start).map(({ message }) => message);
  const before = stored.slice(0, start).map(({ message }) => message);
  const isWhole = before.length > 0 && stored.length < maxMessages && tokens <= maxTokens;
  return isWhole && before.every(isSaid) ? [UNASKED, ...before, ...kept] : kept;
}

function isSaid(message: ChatMessage): boolean {
  return message.role === 'assistant' && message.toolCalls === undefined;
}

/**
 * `history` without calls that neither it nor `news` answers, and without results of no call: models refuse both, and a client that never
 * came back with the results of its tools leaves such calls.
 */
export function pairUp(history: readonly ChatMessage[], news: readonly ChatMessage[]): ChatMessage[] {
  const results = new Set(
    [...history, ...news].flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : [])),
  );
  const calls = new Set<string>();
  const paired: ChatMessage[] = [];
  for (const message of history) {
    if (message.role === 'tool') {
      if (calls.delete(message.toolCallId)) paired.push(message);
    } else if (message.role === 'assistant' && message.toolCalls) {
      const answered = message.toolCalls.filter(({ id }) => results.has(id));
      for (const { id } of answered) calls.add(id);
      const kept = withCalls(message.content, answered);
      if (kept) paired.push(kept);
    } else {
      paired.push(message);
    }
  }
  return paired;
}

function withCalls(content: string | null, toolCalls: ToolCall[]): ChatMessage | undefined {
  if (toolCalls.length > 0) return { role: 'assistant', content, toolCalls };
  return content ? { role: 'assistant', content } : undefined;
}
