import type { ChatMessage, ToolDefinition } from '../../providers/provider';
import { EXAMPLE, RESULTS, writeCall, writeResult } from './tool-call-text';

/** What a model without native tool calls has to know: how a call is written, and what there is to call. */
export function protocolInstruction(tools: readonly ToolDefinition[]): string {
  const listed = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ name, ...(description !== undefined && { description }), parameters: parameters ?? {} }),
  );
  return [
    '# Calling tools',
    `To call a tool, write exactly this, as valid JSON on the inside and outside of any code block: ${EXAMPLE}`,
    `Several calls may follow each other. Then stop: the results come in the next message, under ${RESULTS}. Never write results yourself. Without a call your text is the final answer.`,
    'The tools, each with the JSON schema of its arguments:',
    ...listed,
  ].join('\n');
}

/** The conversation for such a model: calls stand in its own words, and the results of one round are one message to it. */
export function asText(messages: readonly ChatMessage[]): ChatMessage[] {
  const names = new Map<string, string>();
  const told: ChatMessage[] = [];
  let results: string[] = [];
  const tell = () => {
    if (results.length > 0) told.push({ role: 'user', content: [RESULTS, ...results].join('\n') });
    results = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      results.push(writeResult(names.get(message.toolCallId) ?? 'unknown', message.content));
      continue;
    }
    tell();
    if (message.role !== 'assistant' || !message.toolCalls) {
      told.push(message);
      continue;
    }
    for (const { id, name } of message.toolCalls) names.set(id, name);
    const said = [message.content ?? '', ...message.toolCalls.map(writeCall)].filter((text) => text !== '');
    told.push({ role: 'assistant', content: said.join('\n') });
  }
  tell();
  return told;
}
