import { isUtf8 } from 'node:buffer';
import { checkTypes } from './documented-fields';
import { refuse } from './wire-error';
import { isObject, onlyKeys, optionalBoolean } from './wire-value';
import type { WireObject } from './wire-value';

/** A body of `POST /v1/chat/completions`, checked as far as every model needs it. */
export interface ChatCompletionPayload {
  /** The body as it came; a pass-through forwards these bytes. */
  bytes: Buffer;
  fields: WireObject;
  /** `zeroclaw` when the client leaves it to the gateway. */
  model: string;
  messages: readonly WireObject[];
  stream: boolean;
  /** The client asked for the usage chunk at the end of the stream. */
  includeUsage: boolean;
}

/** Reads a body from the wire, or throws the 400 that names the fault. */
export function parseChatCompletion(bytes: Buffer): ChatCompletionPayload {
  const fields = parseObject(bytes);
  checkTypes(fields);
  return {
    bytes,
    fields,
    model: modelOf(fields['model']),
    messages: messagesOf(fields['messages']),
    stream: fields['stream'] === true,
    includeUsage: includesUsage(fields['stream_options'], fields['stream'] === true),
  };
}

function parseObject(bytes: Buffer): WireObject {
  if (!isUtf8(bytes)) throw refuse('invalid_json', 'Invalid JSON body: it is not valid UTF-8.');
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const reason = bytes.length === 0 ? 'it is empty' : syntaxFault(error);
    throw refuse('invalid_json', `Invalid JSON body: ${reason}.`);
  }
  if (!isObject(body)) throw refuse('invalid_json', 'Invalid JSON body: expected an object with `messages`.');
  return body;
}

/** V8 quotes the text around the fault; the position alone is enough and repeats nothing of the conversation. */
function syntaxFault(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? 'it ends too early or is not JSON' : `syntax error at position ${position}`;
}

function modelOf(model: unknown): string {
  if (model === undefined || model === null) return 'zeroclaw';
  if (typeof model !== 'string' || model.trim() === '') {
    throw refuse('invalid_value', "'model' must name a model; GET /v1/models lists them.", 'model');
  }
  return model;
}

function messagesOf(messages: unknown): readonly WireObject[] {
  if (messages === undefined || messages === null) {
    throw refuse('invalid_messages', "Missing required parameter: 'messages'.", 'messages');
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    throw refuse('invalid_messages', 'messages array must not be empty', 'messages');
  }
  const faulty = messages.findIndex((message: unknown) => !isObject(message) || typeof message['role'] !== 'string');
  if (faulty !== -1) {
    const param = `messages[${faulty}]`;
    throw refuse('invalid_messages', `'${param}' must be an object with a 'role' and its 'content'.`, param);
  }
  return messages as readonly WireObject[];
}

function includesUsage(options: unknown, stream: boolean): boolean {
  if (!isObject(options)) return false;
  if (!stream) {
    throw refuse('invalid_value', "'stream_options' is only allowed when 'stream' is true.", 'stream_options');
  }
  onlyKeys(options, ['include_usage', 'include_obfuscation'], 'stream_options');
  optionalBoolean(options, 'include_obfuscation', 'stream_options.include_obfuscation');
  return optionalBoolean(options, 'include_usage', 'stream_options.include_usage') ?? false;
}
