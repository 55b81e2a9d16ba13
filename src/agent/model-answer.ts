import type { FinishReason, ToolCall, Usage } from '../providers/provider';
import type { RoutedEvent } from '../providers/models.service';

/** Puts the answer of one model call together from its events. */
export class ModelAnswer {
  provider = '';
  model = '';
  usage: Usage | undefined;
  finish: FinishReason = 'stop';
  private readonly calls = new Map<number, ToolCall>();

  add(event: Exclude<RoutedEvent, { type: 'text' | 'reasoning' }>): void {
    switch (event.type) {
      case 'start':
        this.provider = event.provider;
        this.model = event.model;
        return;
      case 'usage':
        this.usage = event.usage;
        return;
      case 'finish':
        this.finish = event.reason;
        return;
      case 'tool_call':
        this.extend(event.index, event.id, event.name, event.arguments);
    }
  }

  /** In the model's order. Hosts that number their calls badly or not at all still get distinct ids. */
  get toolCalls(): ToolCall[] {
    const seen = new Set<string>();
    return [...this.calls.entries()]
      .sort(([a], [b]) => a - b)
      .map(([index, call]) => {
        const id = call.id === '' || seen.has(call.id) ? `call_${index}_${seen.size}` : call.id;
        seen.add(id);
        return { ...call, id };
      });
  }

  private extend(index: number, id: string | undefined, name: string | undefined, piece: string): void {
    const call = this.calls.get(index);
    if (!call) {
      this.calls.set(index, { id: id ?? '', name: name ?? '', arguments: piece });
      return;
    }
    call.id ||= id ?? '';
    call.name ||= name ?? '';
    call.arguments += piece;
  }
}

/** The sum of two counts; parts that neither side reports stay unreported. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };
  if (a.cachedInputTokens !== undefined || b.cachedInputTokens !== undefined) {
    sum.cachedInputTokens = (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0);
  }
  if (a.reasoningTokens !== undefined || b.reasoningTokens !== undefined) {
    sum.reasoningTokens = (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0);
  }
  return sum;
}
