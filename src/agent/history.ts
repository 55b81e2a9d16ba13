import type { ChatMessage, ToolCall } from '../providers/provider';

/** A message as it was kept. */
export interface StoredMessage {
  message: ChatMessage;
  tokens: number;
}

/**
 * The newest whole turns that fit. Starts at a user message, so that neither a question nor a tool call is cut from what follows it;
 * a turn that does not fit as a whole is left out with everything before it.
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
  return stored.slice(start).map(({ message }) => message);
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
