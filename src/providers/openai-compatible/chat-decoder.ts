import type { AnswerDecoder } from '../answer-stream';
import { refusal } from '../failure';
import type { FinishReason, ModelEvent, Usage } from '../provider';
import { toFault } from '../upstream-fault';
import { ToolCallDeltas } from './tool-call-deltas';

type Json = Record<string, unknown>;

const FINISH: Record<string, FinishReason> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

/** Understands chat-completion chunks and whole chat completions. Only the first choice counts: nothing here asks for more. */
export class ChatDecoder implements AnswerDecoder {
  ended = false;
  private readonly calls = new ToolCallDeltas();
  private usage: Usage | undefined;
  private reason: string | undefined;

  constructor(
    private readonly provider: string,
    private readonly secrets: readonly string[],
  ) {}

  accept(data: string): ModelEvent[] {
    if (data === '[DONE]') {
      this.ended = true;
      return [];
    }
    return this.choice(JSON.parse(data), 'delta');
  }

  whole(json: unknown): ModelEvent[] {
    const events = this.choice(json, 'message');
    if (this.reason === undefined) throw new SyntaxError('the answer holds no finished choice');
    return events;
  }

  finish(): ModelEvent[] | undefined {
    // Some hosts end with [DONE] alone; a connection that just closes proves nothing.
    if (this.reason === undefined && !this.ended) return undefined;
    // Some say `stop` although they called a tool.
    const reason = FINISH[this.reason ?? ''] ?? (this.calls.count > 0 ? 'tool_calls' : 'stop');
    const last: ModelEvent[] = this.usage ? [{ type: 'usage', usage: this.usage }] : [];
    last.push({ type: 'finish', reason });
    return last;
  }

  private choice(json: unknown, key: 'delta' | 'message'): ModelEvent[] {
    const chunk = object(json);
    if (chunk['error']) throw refusal(this.provider, toFault(chunk), this.secrets);
    this.usage = toUsage(chunk['usage'] ?? object(chunk['x_groq'])['usage']) ?? this.usage;
    const choices = chunk['choices'];
    if (choices !== undefined && !Array.isArray(choices)) throw new SyntaxError('choices is not a list');
    const choice = object(choices?.[0]);
    if (choice['error']) throw refusal(this.provider, toFault(choice), this.secrets);
    const events: ModelEvent[] = [];
    this.content(object(choice[key]), events);
    const reason = choice['finish_reason'];
    if (typeof reason === 'string' && reason !== '') this.reason = reason;
    return events;
  }

  private content(delta: Json, events: ModelEvent[]): void {
    push(events, 'reasoning', delta['reasoning_content'] ?? delta['reasoning']);
    if (Array.isArray(delta['content'])) for (const part of delta['content']) this.part(object(part), events);
    else push(events, 'text', delta['content']);
    push(events, 'text', delta['refusal']);
    if (!Array.isArray(delta['tool_calls'])) return;
    for (const call of delta['tool_calls']) {
      const event = this.calls.accept(object(call));
      if (event) events.push(event);
    }
  }

  /** Mistral's reasoning models send parts instead of a text. */
  private part(part: Json, events: ModelEvent[]): void {
    if (part['type'] === 'thinking' && Array.isArray(part['thinking'])) {
      for (const thought of part['thinking']) push(events, 'reasoning', object(thought)['text']);
    } else push(events, 'text', part['text']);
  }
}

/** OpenAI's usage object as ours; undefined when there is none. */
export function toUsage(value: unknown): Usage | undefined {
  const usage = object(value);
  const inputTokens = usage['prompt_tokens'];
  if (typeof inputTokens !== 'number') return undefined;
  const outputTokens = usage['completion_tokens'];
  const cached = object(usage['prompt_tokens_details'])['cached_tokens'] ?? usage['prompt_cache_hit_tokens'];
  const reasoning = object(usage['completion_tokens_details'])['reasoning_tokens'];
  return {
    inputTokens,
    outputTokens: typeof outputTokens === 'number' ? outputTokens : 0,
    ...(typeof cached === 'number' && { cachedInputTokens: cached }),
    ...(typeof reasoning === 'number' && { reasoningTokens: reasoning }),
  };
}

function push(events: ModelEvent[], type: 'text' | 'reasoning', text: unknown): void {
  if (typeof text === 'string' && text !== '') events.push({ type, text });
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
