import type { ChatMessage, ChatRequest, ProviderCapabilities, ToolDefinition } from '../providers/provider';
import type { ChatCompletionPayload } from './chat-completion.payload';
import { refuseUnsupported } from './documented-fields';
import { parseMessages } from './message.payload';
import { parseResponseFormat, parseToolChoice, parseTools } from './tool.payload';
import { refuse } from './wire-error';
import { given, isObject, optionalBoolean, optionalInteger, optionalNumber, optionalString } from './wire-value';
import type { WireObject } from './wire-value';

/** A chat-completions body as the question it asks, free of OpenAI's wire format. */
export type ModelQuestion = Omit<ChatRequest, 'model'>;

/** Translates the whole body: every field ends up in the question or in a 400 that names it. */
export function toModelQuestion(payload: ChatCompletionPayload, capabilities: ProviderCapabilities): ModelQuestion {
  const { fields, model } = payload;
  refuseUnsupported(fields, model);
  refuseObfuscation(fields);
  const tools = parseTools(fields['tools']);
  const question = withoutUndefined({
    messages: parseMessages(payload.messages),
    tools,
    toolChoice: parseToolChoice(fields['tool_choice'], tools),
    parallelToolCalls: parallelOf(fields, tools),
    temperature: optionalNumber(fields, 'temperature', 0, 2),
    topP: optionalNumber(fields, 'top_p', 0, 1),
    maxTokens: maxTokensOf(fields),
    stop: stopOf(fields['stop']),
    seed: optionalInteger(fields, 'seed', Number.MIN_SAFE_INTEGER),
    presencePenalty: optionalNumber(fields, 'presence_penalty', -2, 2),
    frequencyPenalty: optionalNumber(fields, 'frequency_penalty', -2, 2),
    responseFormat: parseResponseFormat(fields['response_format']),
    reasoningEffort: optionalString(fields, 'reasoning_effort'),
    user: optionalString(fields, 'safety_identifier') ?? optionalString(fields, 'user'),
  });
  refuseBeyond(capabilities, question, model);
  return question;
}

function refuseObfuscation(fields: WireObject): void {
  const options = fields['stream_options'];
  if (isObject(options) && options['include_obfuscation'] === true) {
    const param = 'stream_options.include_obfuscation';
    throw refuse('unsupported_parameter', `'${param}' is not supported with this model. Leave it out.`, param);
  }
}

function parallelOf(fields: WireObject, tools: readonly ToolDefinition[] | undefined): boolean | undefined {
  const parallel = optionalBoolean(fields, 'parallel_tool_calls');
  if (parallel === undefined || tools !== undefined) return parallel;
  const message = "'parallel_tool_calls' is only allowed when 'tools' are given.";
  throw refuse('invalid_value', message, 'parallel_tool_calls');
}

/** `max_tokens` is the older name of the same limit. */
function maxTokensOf(fields: WireObject): number | undefined {
  const current = optionalInteger(fields, 'max_completion_tokens', 1);
  const older = optionalInteger(fields, 'max_tokens', 1);
  if (current !== undefined && older !== undefined && current !== older) {
    throw refuse('invalid_value', "'max_tokens' contradicts 'max_completion_tokens'. Send one of them.", 'max_tokens');
  }
  return current ?? older;
}

function stopOf(stop: unknown): string[] | undefined {
  if (!given(stop)) return undefined;
  const list: unknown[] = Array.isArray(stop) ? stop : [stop];
  const strings = list.filter((entry) => typeof entry === 'string' && entry !== '') as string[];
  if (strings.length !== list.length || list.length > 4) {
    throw refuse('invalid_value', "'stop' must be one to four non-empty strings.", 'stop');
  }
  return strings.length === 0 ? undefined : strings;
}

function refuseBeyond(capabilities: ProviderCapabilities, question: ModelQuestion, model: string): void {
  const lacks = (what: string, param: string) =>
    refuse('unsupported_parameter', `'${param}': the model '${model}' does not support ${what}.`, param);
  if (!capabilities.tools && question.tools !== undefined) throw lacks('tools', 'tools');
  if (!capabilities.json && question.responseFormat !== undefined && question.responseFormat.type !== 'text') {
    throw lacks('structured answers', 'response_format');
  }
  if (!capabilities.vision) {
    const seen = question.messages.findIndex(showsPicture);
    if (seen !== -1) throw lacks('pictures', `messages[${seen}].content`);
  }
}

function showsPicture(message: ChatMessage): boolean {
  return message.role === 'user' && Array.isArray(message.content) && message.content.some((p) => p.type === 'image');
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** `exactOptionalPropertyTypes`: what was not given must be absent, not undefined. */
function withoutUndefined<T extends { messages: ChatMessage[] }>(
  question: T,
): { messages: ChatMessage[] } & Partial<Defined<T>> {
  const present: Record<string, unknown> = {};
  for (const name in question) if (question[name] !== undefined) present[name] = question[name];
  return present as { messages: ChatMessage[] } & Partial<Defined<T>>;
}
