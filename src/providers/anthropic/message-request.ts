import { ProviderError } from '../provider-error';
import type { ChatMessage, ChatRequest, ContentPart, ToolCall, ToolChoice } from '../provider';

type Json = Record<string, unknown>;

/** The host keeps what stands before this mark for the next call of the conversation. */
const CACHED = { cache_control: { type: 'ephemeral' } };
const JSON_ONLY = 'Answer with one valid JSON object and nothing else.';
const EFFORTS: Record<string, string> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
};

/** The body of a `POST /v1/messages`, streamed unless the caller wants the answer whole. Throws `invalid_request` for a wish that the protocol cannot express. */
export function toMessageRequest(request: ChatRequest, provider: string, defaultMaxTokens: number): Json {
  refuseUnknown(request, provider);
  const system = systemBlocks(request);
  const tools = toTools(request);
  const last = system.at(-1) ?? tools.at(-1);
  if (last) Object.assign(last, CACHED);
  const effort = EFFORTS[request.reasoningEffort ?? ''];
  const { responseFormat } = request;
  const output = {
    ...(effort && { effort }),
    ...(responseFormat?.type === 'json_schema' && { format: { type: 'json_schema', schema: responseFormat.schema } }),
  };
  return {
    model: request.model,
    max_tokens: request.maxTokens ?? defaultMaxTokens,
    stream: request.whole !== true,
    ...(system.length > 0 && { system }),
    messages: toMessages(request.messages),
    ...(tools.length > 0 && { tools, ...toolChoice(request.toolChoice, request.parallelToolCalls) }),
    // The scale ends at 1 here.
    temperature: request.temperature === undefined ? undefined : Math.min(request.temperature, 1),
    top_p: request.topP,
    stop_sequences: request.stop,
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(request.user !== undefined && { metadata: { user_id: request.user } }),
  };
}

function refuseUnknown(request: ChatRequest, provider: string): void {
  const wishes = {
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
  };
  for (const [param, value] of Object.entries(wishes)) {
    if (!value) continue;
    throw new ProviderError('invalid_request', provider, `${provider} has no ${param}. Leave it out.`, { param });
  }
}

function systemBlocks({ messages, responseFormat }: ChatRequest): Json[] {
  const texts = messages.flatMap((message) =>
    message.role === 'system' && message.content !== '' ? [message.content] : [],
  );
  if (responseFormat?.type === 'json_object') texts.push(JSON_ONLY);
  return texts.flatMap(text);
}

function toTools({ tools = [] }: ChatRequest): Json[] {
  return tools.map(({ name, description, parameters, strict }) => ({
    name,
    ...(description !== undefined && { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
    ...(strict && { strict }),
  }));
}

function toolChoice(choice: ToolChoice | undefined, parallel: boolean | undefined): Json {
  const serial = parallel === false && choice !== 'none' && { disable_parallel_tool_use: true };
  if (choice === undefined && !serial) return {};
  if (choice === 'none') return { tool_choice: { type: 'none' } };
  if (typeof choice === 'object') return { tool_choice: { type: 'tool', name: choice.name, ...serial } };
  return { tool_choice: { type: choice === 'required' ? 'any' : 'auto', ...serial } };
}

/** Turns must alternate here, so neighbours of one role become one message; results of tools are said by the user. */
function toMessages(messages: ChatMessage[]): Json[] {
  const turns: { role: 'user' | 'assistant'; content: Json[] }[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = toBlocks(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: blocks });
  }
  const end = turns.at(-1)?.content.at(-1);
  if (end) Object.assign(end, CACHED);
  return turns;
}

function toBlocks(message: ChatMessage): Json[] {
  switch (message.role) {
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.content }];
    case 'assistant':
      return [...text(message.content ?? ''), ...(message.toolCalls ?? []).map(toToolUse)];
    default:
      return typeof message.content === 'string' ? text(message.content) : message.content.flatMap(toPart);
  }
}

/** Empty text blocks are refused. */
function text(words: string): Json[] {
  return words.trim() === '' ? [] : [{ type: 'text', text: words }];
}

function toPart(part: ContentPart): Json[] {
  if (part.type === 'text') return text(part.text);
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(part.url) ?? [];
  const source = data === undefined ? { type: 'url', url: part.url } : { type: 'base64', media_type: mediaType, data };
  return [{ type: 'image', source }];
}

function toToolUse({ id, name, arguments: args }: ToolCall): Json {
  return { type: 'tool_use', id, name, input: parseInput(args) };
}

/** A model may write broken arguments; the tool has said so in its result, and the host takes only objects. */
function parseInput(args: string): unknown {
  try {
    const input: unknown = JSON.parse(args);
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  } catch {
    return {};
  }
}
