import { setImmediate as nextTick } from 'node:timers/promises';
import type { ChatMessage, ChatRequest, ModelEvent, ModelProvider } from './provider';

/** `/tool <name> {json}`: calls an offered tool, so that the agent loop can be seen without a model. What the memory knows may stand before it. */
const TOOL_COMMAND = /(?:^|\n\n)\/tool\s+([\w-]{1,64})(?:\s+(\{[\s\S]*\}))?\s*$/;

/**
 * The model that is always there: says that it is the built-in echo model and repeats what was said, word by word.
 * A message `/tool <name> {json}` makes it call that tool when it is offered, and then tell the result.
 */
export class EchoProvider implements ModelProvider {
  readonly id = 'echo';
  readonly capabilities = { tools: true, vision: true, json: false };

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, undefined> {
    const inputTokens = tokens(request.messages.map(textOf).join('\n'));
    const call = this.toolCall(request);
    if (call) {
      signal.throwIfAborted();
      yield { type: 'tool_call', index: 0, id: `call_echo_${request.messages.length}`, ...call };
      yield { type: 'usage', usage: { inputTokens, outputTokens: tokens(call.name + call.arguments) } };
      yield { type: 'finish', reason: 'tool_calls' };
      return;
    }
    let outputTokens = 0;
    for (const word of answer(request).match(/\S+\s*/g) ?? []) {
      if (outputTokens === request.maxTokens) break;
      // Gives others their turn, and an abort its effect.
      await nextTick();
      signal.throwIfAborted();
      outputTokens++;
      yield { type: 'text', text: word };
    }
    yield { type: 'usage', usage: { inputTokens, outputTokens } };
    yield { type: 'finish', reason: outputTokens === request.maxTokens ? 'length' : 'stop' };
  }

  private toolCall({ messages, tools, toolChoice }: ChatRequest): { name: string; arguments: string } | undefined {
    const last = messages.at(-1);
    if (last?.role !== 'user' || toolChoice === 'none') return undefined;
    const [, name, args = '{}'] = TOOL_COMMAND.exec(textOf(last).trim()) ?? [];
    return name !== undefined && tools?.some((tool) => tool.name === name) ? { name, arguments: args } : undefined;
  }
}

function answer({ messages }: ChatRequest): string {
  const last = messages.at(-1);
  if (last?.role === 'tool') return `The built-in echo model called the tool and got: ${last.content}`;
  const said = messages.findLast((message) => message.role === 'user');
  return `This is the built-in echo model. You said: ${said ? textOf(said) : ''}`;
}

function textOf({ content }: ChatMessage): string {
  if (!Array.isArray(content)) return content ?? '';
  return content.map((part) => (part.type === 'text' ? part.text : '[image]')).join(' ');
}

/** A rough count, about four characters each. */
function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}
