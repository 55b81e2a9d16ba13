import type {
  ChatMessage,
  ChatRequest,
  ContentPart,
  ResponseFormat,
  ToolCall,
  ToolChoice,
  ToolDefinition,
} from '../provider';

/** How one host's reading of OpenAI's protocol differs from the common one. */
export interface Dialect {
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Knows `stream_options`. */
  readonly streamOptions: boolean;
  readonly temperature: boolean;
}

/** The body of a `POST /chat/completions`, streamed unless the caller wants the answer whole. */
export function toChatCompletion(request: ChatRequest, dialect: Dialect): string {
  const body = JSON.stringify(withoutTools(request, dialect));
  if (!request.tools?.length) return body;
  return `${body.slice(0, -1)},"tools":[${request.tools.map(toolJson).join()}]}`;
}

/** The agent's tools are most of what is asked, and the same every time, so their words are kept with them. */
const WRITTEN = Symbol('as JSON');

function toolJson(tool: ToolDefinition & { [WRITTEN]?: string }): string {
  const { name, description, parameters, strict } = tool;
  return (tool[WRITTEN] ??= inAscii(
    JSON.stringify({ type: 'function', function: { name, description, parameters, strict } }),
  ));
}

/** One ellipsis in them, and V8 keeps all that is asked in two bytes per character and goes through it letter by letter for the wire. */
function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function withoutTools(request: ChatRequest, dialect: Dialect): Record<string, unknown> {
  const stream = request.whole !== true;
  return {
    model: request.model,
    messages: request.messages.map(toMessage),
    stream,
    ...(stream && dialect.streamOptions && { stream_options: { include_usage: true } }),
    ...(request.tools?.length && request.toolChoice !== undefined && { tool_choice: toToolChoice(request.toolChoice) }),
    ...(request.tools?.length &&
      request.parallelToolCalls !== undefined && { parallel_tool_calls: request.parallelToolCalls }),
    ...(request.maxTokens !== undefined && { [dialect.maxTokensField]: request.maxTokens }),
    ...(request.responseFormat && { response_format: toResponseFormat(request.responseFormat) }),
    // JSON.stringify leaves out what is undefined.
    temperature: dialect.temperature ? request.temperature : undefined,
    top_p: request.topP,
    stop: request.stop,
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    reasoning_effort: request.reasoningEffort,
    user: request.user,
  };
}

function toMessage(message: ChatMessage): Record<string, unknown> {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return {
        role: 'user',
        content: typeof message.content === 'string' ? message.content : message.content.map(toPart),
      };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        ...(message.toolCalls?.length && { tool_calls: message.toolCalls.map(toCall) }),
      };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  }
}

function toPart(part: ContentPart): Record<string, unknown> {
  if (part.type === 'text') return part;
  return { type: 'image_url', image_url: { url: part.url, ...(part.detail && { detail: part.detail }) } };
}

function toCall(call: ToolCall): Record<string, unknown> {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

function toToolChoice(choice: ToolChoice): unknown {
  return typeof choice === 'string' ? choice : { type: 'function', function: choice };
}

function toResponseFormat(format: ResponseFormat): Record<string, unknown> {
  if (format.type !== 'json_schema') return format;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}
