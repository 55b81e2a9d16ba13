import type { ChatMessage, ContentPart, ToolCall } from '../providers/provider';
import { refuse } from './wire-error';
import { given, isObject, onlyKeys } from './wire-value';
import type { WireObject } from './wire-value';

/**
 * The conversation free of OpenAI's wire format. The last user message must say something.
 * Throws a 400 that names the part of the first message that cannot be honoured.
 */
export function parseMessages(messages: readonly WireObject[]): ChatMessage[] {
  const parsed = messages.map((message, index) => parseMessage(message, `messages[${index}]`));
  const question = parsed.findLast((message) => message.role === 'user');
  const blank = question === undefined || (typeof question.content === 'string' && question.content.trim() === '');
  if (blank) throw refuse('invalid_messages', 'No user message found in messages array', 'messages');
  return parsed;
}

function parseMessage(message: WireObject, path: string): ChatMessage {
  switch (message['role']) {
    case 'system':
    case 'developer':
      onlyKeys(message, ['role', 'content'], path);
      return { role: 'system', content: textOf(message['content'], `${path}.content`) };
    case 'user':
      onlyKeys(message, ['role', 'content'], path);
      return { role: 'user', content: userContent(message['content'], `${path}.content`) };
    case 'assistant':
      return assistantMessage(message, path);
    case 'tool':
      return toolMessage(message, path);
    default:
      throw refuse(
        'invalid_messages',
        `'${path}.role' must be one of system, developer, user, assistant, tool.`,
        `${path}.role`,
      );
  }
}

function assistantMessage(message: WireObject, path: string): ChatMessage {
  // A client sends the answer of an earlier call back as it got it; an empty list of annotations belongs to it.
  const annotations = message['annotations'];
  const echoed = Array.isArray(annotations) && annotations.length === 0 ? ['annotations'] : [];
  onlyKeys(message, ['role', 'content', 'refusal', 'tool_calls', ...echoed], path);

  const toolCalls = toolCallsOf(message['tool_calls'], `${path}.tool_calls`);
  const spoken = message['content'] ?? message['refusal'];
  const content = given(spoken) ? textOf(spoken, `${path}.content`) : null;
  if (content === null && toolCalls.length === 0) {
    const param = `${path}.content`;
    throw refuse('invalid_messages', `'${param}' must be given unless the message has tool_calls.`, param);
  }
  return { role: 'assistant', content, ...(toolCalls.length > 0 ? { toolCalls } : {}) };
}

function toolMessage(message: WireObject, path: string): ChatMessage {
  onlyKeys(message, ['role', 'content', 'tool_call_id'], path);
  const toolCallId = message['tool_call_id'];
  if (typeof toolCallId !== 'string' || toolCallId === '') {
    const param = `${path}.tool_call_id`;
    throw refuse('invalid_messages', `'${param}' must be the id of the tool call that this message answers.`, param);
  }
  return { role: 'tool', toolCallId, content: textOf(message['content'], `${path}.content`) };
}

function toolCallsOf(calls: unknown, path: string): ToolCall[] {
  if (!given(calls)) return [];
  if (!Array.isArray(calls)) throw refuse('invalid_messages', `'${path}' must be an array.`, path);
  return calls.map((call: unknown, index) => {
    const made = isObject(call) ? call['function'] : undefined;
    if (
      !isObject(call) ||
      (given(call['type']) && call['type'] !== 'function') ||
      typeof call['id'] !== 'string' ||
      !isObject(made) ||
      typeof made['name'] !== 'string' ||
      typeof made['arguments'] !== 'string'
    ) {
      const param = `${path}[${index}]`;
      throw refuse(
        'invalid_messages',
        `'${param}' must be {"id", "type": "function", "function": {"name", "arguments"}} with arguments as a string.`,
        param,
      );
    }
    return { id: call['id'], name: made['name'], arguments: made['arguments'] };
  });
}

function textOf(content: unknown, path: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) {
    throw refuse('invalid_messages', `'${path}' must be a string or an array of text parts.`, path);
  }
  return content.map((part: unknown, index) => textPart(part, `${path}[${index}]`)).join('');
}

function textPart(part: unknown, path: string): string {
  const text =
    isObject(part) && (part['type'] === 'refusal' ? part['refusal'] : part['type'] === 'text' && part['text']);
  if (typeof text !== 'string') throw refuse('invalid_messages', `'${path}' must be {"type": "text", "text"}.`, path);
  onlyKeys(part as WireObject, ['type', 'text', 'refusal'], path);
  return text;
}

function userContent(content: unknown, path: string): string | ContentPart[] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0) {
    throw refuse('invalid_messages', `'${path}' must be a string or a non-empty array of content parts.`, path);
  }
  return content.map((part: unknown, index) => userPart(part, `${path}[${index}]`));
}

function userPart(part: unknown, path: string): ContentPart {
  const type = isObject(part) ? part['type'] : undefined;
  if (type === 'text') return { type: 'text', text: textPart(part, path) };
  if (type === 'image_url') return imagePart(part as WireObject, path);
  throw refuse('invalid_messages', `'${path}.type' must be text or image_url with this model.`, `${path}.type`);
}

function imagePart(part: WireObject, path: string): ContentPart {
  onlyKeys(part, ['type', 'image_url'], path);
  const image = part['image_url'];
  const url = isObject(image) ? image['url'] : undefined;
  if (!isObject(image) || typeof url !== 'string' || !/^(https?:|data:image\/)/i.test(url)) {
    const param = `${path}.image_url.url`;
    throw refuse('invalid_messages', `'${param}' must be an http(s) URL or a data:image/… URL.`, param);
  }
  onlyKeys(image, ['url', 'detail'], `${path}.image_url`);
  const detail = image['detail'];
  if (!given(detail)) return { type: 'image', url };
  if (detail !== 'auto' && detail !== 'low' && detail !== 'high') {
    const param = `${path}.image_url.detail`;
    throw refuse('invalid_messages', `'${param}' must be auto, low or high.`, param);
  }
  return { type: 'image', url, detail };
}
