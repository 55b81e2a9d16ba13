import type { TurnEvent, TurnRequest } from '../agent/turn';
import type { ModelEvent } from '../providers/provider';
import type { ModelQuestion } from './model-question';

/** The agent's turn behind a chat completion: the client's functions are client tools, its conversation is all that is new. */
export function toTurn(question: ModelQuestion, owner: string, sessionId: string | undefined): TurnRequest {
  const { messages, tools, toolChoice, ...options } = question;
  return {
    door: 'openai',
    owner,
    ...(sessionId === undefined ? {} : { sessionId }),
    messages,
    mode: 'agent',
    ...(tools === undefined ? {} : { clientTools: tools }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    options,
  };
}

/**
 * The agent's turn in the words of a model. What its own tools did stays inside: on this wire a tool call is work for the client.
 * @param onPending told when the answer waits for a person's decision
 */
export async function* asModelEvents(
  turn: AsyncIterable<TurnEvent>,
  onPending: () => void,
): AsyncGenerator<ModelEvent, void, undefined> {
  for await (const event of turn) {
    if (event.type === 'text') yield event;
    if (event.type === 'error') throw event.error;
    if (event.type !== 'done') continue;
    if (event.approvals) onPending();
    for (const [index, call] of (event.toolCalls ?? []).entries()) yield { type: 'tool_call', index, ...call };
    yield { type: 'usage', usage: event.usage };
    yield { type: 'finish', reason: event.finishReason };
  }
}
