import type { FinishReason, ModelEvent, Usage } from '../providers/provider';
import { usageBody } from './completion-wire';
import type { CompletionHead } from './completion-wire';

/** Writes the data of the frames of one stream (https://platform.openai.com/docs/api-reference/chat-streaming); what never changes is written once. */
export class ChunkFrames {
  private readonly start: string;
  private readonly end: string;
  private counted: Usage | undefined;

  constructor(
    head: CompletionHead,
    private readonly includeUsage: boolean,
  ) {
    const { id, created, model } = head;
    const fields = JSON.stringify({ id, object: 'chat.completion.chunk', created, model });
    this.start = `${fields.slice(0, -1)},"choices":[`;
    this.end = includeUsage ? '],"usage":null}' : ']}';
  }

  /** The first frame of every stream. */
  opening(): string {
    return this.delta({ role: 'assistant', content: '' });
  }

  /** What an event adds to the stream; the usage waits, because on the wire it follows the finish reason. */
  of(event: ModelEvent): string | undefined {
    switch (event.type) {
      case 'text':
        return this.delta({ content: event.text });
      case 'tool_call':
        return this.delta({ tool_calls: [toolCallDelta(event)] });
      case 'finish':
        return this.delta({}, event.reason);
      case 'usage':
        this.counted = event.usage;
        return undefined;
      case 'reasoning':
        return undefined;
    }
  }

  /** The last frames of a whole answer. */
  closing(): string[] {
    const { counted } = this;
    if (!this.includeUsage || counted === undefined) return ['[DONE]'];
    return [`${this.start}],"usage":${JSON.stringify(usageBody(counted))}}`, '[DONE]'];
  }

  private delta(delta: object, finishReason: FinishReason | null = null): string {
    const choice = JSON.stringify({ index: 0, delta, logprobs: null, finish_reason: finishReason });
    return this.start + choice + this.end;
  }
}

function toolCallDelta(event: Extract<ModelEvent, { type: 'tool_call' }>): object {
  const { index, id, name, arguments: piece } = event;
  if (id === undefined) return { index, function: { arguments: piece } };
  return { index, id, type: 'function', function: { name, arguments: piece } };
}
