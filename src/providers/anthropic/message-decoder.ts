import type { AnswerDecoder } from '../answer-stream';
import { refusal } from '../failure';
import type { FinishReason, ModelEvent } from '../provider';
import { toFault } from '../upstream-fault';

type Json = Record<string, unknown>;

const FINISH: Record<string, FinishReason> = {
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

/** Understands the events of https://docs.anthropic.com/en/docs/build-with-claude/streaming and whole messages. */
export class MessageDecoder implements AnswerDecoder {
  ended = false;
  /** Content blocks that are tool calls, by their index in the message, with the arguments that came at once. */
  private readonly calls = new Map<unknown, { index: number; pending: string }>();
  private readonly counts: Record<string, number> = {};
  private reason: string | undefined;

  constructor(
    private readonly provider: string,
    private readonly secrets: readonly string[],
  ) {}

  accept(data: string): ModelEvent[] {
    const event = object(JSON.parse(data));
    switch (event['type']) {
      case 'message_start':
        this.count(object(event['message'])['usage']);
        return [];
      case 'content_block_start':
        return this.block(event['index'], object(event['content_block']));
      case 'content_block_delta':
        return this.delta(event['index'], object(event['delta']));
      case 'content_block_stop':
        return this.blockEnd(event['index']);
      case 'message_delta':
        this.count(event['usage']);
        this.stop(object(event['delta'])['stop_reason']);
        return [];
      case 'message_stop':
        this.ended = true;
        return [];
      case 'error':
        throw refusal(this.provider, toFault(event), this.secrets);
      default:
        // `ping`, and what the protocol may add.
        return [];
    }
  }

  whole(json: unknown): ModelEvent[] {
    const message = object(json);
    if (message['type'] === 'error') throw refusal(this.provider, toFault(message), this.secrets);
    const { content } = message;
    if (!Array.isArray(content)) throw new SyntaxError('the answer is not a message');
    this.count(message['usage']);
    this.stop(message['stop_reason']);
    return content.flatMap((block, index) => [...this.block(index, object(block)), ...this.blockEnd(index)]);
  }

  finish(): ModelEvent[] | undefined {
    if (this.reason === undefined) return undefined;
    const {
      input_tokens: fresh = 0,
      cache_read_input_tokens: read = 0,
      cache_creation_input_tokens: written = 0,
    } = this.counts;
    const { output_tokens: outputTokens } = this.counts;
    const last: ModelEvent[] = [];
    if (outputTokens !== undefined) {
      // `input_tokens` counts only what was not cached.
      const usage = { inputTokens: fresh + read + written, outputTokens, ...(read > 0 && { cachedInputTokens: read }) };
      last.push({ type: 'usage', usage });
    }
    last.push({ type: 'finish', reason: FINISH[this.reason] ?? 'stop' });
    return last;
  }

  private block(at: unknown, block: Json): ModelEvent[] {
    if (block['type'] === 'text') return said('text', block['text']);
    if (block['type'] === 'thinking') return said('reasoning', block['thinking']);
    if (block['type'] !== 'tool_use') return [];
    const index = this.calls.size;
    this.calls.set(at, { index, pending: JSON.stringify(block['input'] ?? {}) });
    return [{ type: 'tool_call', index, id: String(block['id']), name: String(block['name']), arguments: '' }];
  }

  private delta(at: unknown, delta: Json): ModelEvent[] {
    if (delta['type'] === 'text_delta') return said('text', delta['text']);
    if (delta['type'] === 'thinking_delta') return said('reasoning', delta['thinking']);
    const call = this.calls.get(at);
    const piece = delta['partial_json'];
    if (!call || typeof piece !== 'string' || piece === '') return [];
    call.pending = '';
    return [{ type: 'tool_call', index: call.index, arguments: piece }];
  }

  /** A call without a single delta had its arguments, usually none, in its start. */
  private blockEnd(at: unknown): ModelEvent[] {
    const call = this.calls.get(at);
    if (!call || call.pending === '') return [];
    const { index, pending } = call;
    call.pending = '';
    return [{ type: 'tool_call', index, arguments: pending }];
  }

  private stop(reason: unknown): void {
    if (typeof reason === 'string') this.reason = reason;
  }

  /** Later counts replace earlier ones; not every event repeats all of them. */
  private count(usage: unknown): void {
    for (const [name, value] of Object.entries(object(usage))) if (typeof value === 'number') this.counts[name] = value;
  }
}

function said(type: 'text' | 'reasoning', words: unknown): ModelEvent[] {
  return typeof words === 'string' && words !== '' ? [{ type, text: words }] : [];
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
