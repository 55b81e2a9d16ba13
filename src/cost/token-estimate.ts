import type { ChatMessage } from '../providers/provider';
import type { PlannedCall } from '../providers/model-budget';

/** Four bytes of UTF-8 per token: right for English, and near enough for scripts whose characters take three bytes. */
const BYTES_PER_TOKEN = 4;
/** What a host adds around each message. */
const MESSAGE_TOKENS = 4;
/** A picture of common size. */
const IMAGE_TOKENS = 1_000;

const BASE64 = Buffer.from(';base64,');
const QUOTE = 0x22;

/** How many tokens a question roughly is, without asking a tokenizer. */
export function estimateInput(request: PlannedCall['request']): number {
  if ('body' in request) return estimateBody(request.body);
  const tools = request.tools ? JSON.stringify(request.tools).length : 0;
  const schema = request.responseFormat ? JSON.stringify(request.responseFormat).length : 0;
  const messages = request.messages.reduce((sum, message) => sum + estimateMessage(message), 0);
  return Math.ceil((tools + schema) / BYTES_PER_TOKEN) + messages;
}

/** Tokens of text that was received, `written` counting its characters. */
export function estimateOutput(written: number): number {
  return Math.ceil(written / BYTES_PER_TOKEN);
}

/** The length of the answer that a chat-completions body asks for at the most. */
export function lengthWish(request: PlannedCall['request']): number | undefined {
  if (!('body' in request)) return undefined;
  for (const name of ['"max_completion_tokens"', '"max_tokens"']) {
    const at = request.body.lastIndexOf(name);
    if (at === -1) continue;
    const value = request.body.toString('latin1', at + name.length, at + name.length + 32);
    const digits = /^\s*:\s*(\d+)/.exec(value)?.[1];
    if (digits !== undefined) return Number(digits);
  }
  return undefined;
}

function estimateMessage(message: ChatMessage): number {
  const { content } = message;
  let tokens = MESSAGE_TOKENS;
  if (typeof content === 'string') tokens += textTokens(content);
  else if (content) {
    for (const part of content) tokens += part.type === 'text' ? textTokens(part.text) : IMAGE_TOKENS;
  }
  if (message.role === 'assistant' && message.toolCalls) tokens += textTokens(JSON.stringify(message.toolCalls));
  return tokens;
}

function textTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Pictures inside the body count as pictures and not as text. */
function estimateBody(body: Buffer): number {
  let bytes = body.length;
  let images = 0;
  for (let at = body.indexOf(BASE64); at !== -1;) {
    const end = body.indexOf(QUOTE, at);
    if (end === -1) break;
    bytes -= end - at;
    images++;
    at = body.indexOf(BASE64, end);
  }
  return Math.ceil(bytes / BYTES_PER_TOKEN) + images * IMAGE_TOKENS;
}
