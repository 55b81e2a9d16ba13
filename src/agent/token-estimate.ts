import type { ChatMessage } from '../providers/provider';

/**
 * Bytes of UTF-8 per token. The tokenizer of current OpenAI models takes 3.9 of English, 4.1 of code, 4.6 of German, 3.4 of Chinese, 4.1 of
 * Japanese and 2.6 of JSON, so this errs on the side that fits; only long random strings (1.5) take more tokens than it says.
 */
const BYTES_PER_TOKEN = 3;
/** What a host adds around each message. */
const PER_MESSAGE = 4;
/** A picture at the usual detail. */
const PER_PICTURE = 1_000;

/** About how many tokens a text has, without the cost of a tokenizer. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

export function messageTokens(message: ChatMessage): number {
  const { content } = message;
  let tokens = PER_MESSAGE;
  if (typeof content === 'string') tokens += estimateTokens(content);
  else if (content !== null) {
    for (const part of content) tokens += part.type === 'text' ? estimateTokens(part.text) : PER_PICTURE;
  }
  if (message.role !== 'assistant') return tokens;
  for (const call of message.toolCalls ?? []) tokens += estimateTokens(call.name + call.arguments) + PER_MESSAGE;
  return tokens;
}
