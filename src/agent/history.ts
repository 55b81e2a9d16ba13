import type { ChatMessage, ToolCall } from '../providers/provider';

/** A message as it was kept, with the length of its JSON text. */
export interface StoredMessage {
  message: ChatMessage;
  chars: number;
}

/**
 * The newest whole turns that fit. Starts at a user message, so that neither a question nor a tool call is cut from what follows it;
 * a turn that does not fit as a whole is left out with everything before it.
 */
export function boundHistory(stored: readonly StoredMessage[], maxMessages: number, maxChars: number): ChatMessage[] {
  let start = stored.length;
  let chars = 0;
  for (let i = stored.length - 1; i >= 0 && stored.length - i <= maxMessages; i--) {
    const entry = stored[i];
    chars += entry?.chars ?? 0;
    if (chars > maxChars) break;
    if (entry?.message.role === 'user') start = i;
  }
  return pairUp(stored.slice(start).map(({ message }) => message));
}

/** Models refuse a call without its result and a result without its call; a client that never came back with results leaves such calls. */
function pairUp(messages: ChatMessage[]): ChatMessage[] {
  const results = new Set(messages.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : [])));
  const calls = new Set<string>();
  const paired: ChatMessage[] = [];
  for (const message of messages) {
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
