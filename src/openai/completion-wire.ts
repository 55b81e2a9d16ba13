import { randomUUID } from 'node:crypto';
import type { FinishReason, ToolCall, Usage } from '../providers/provider';

/** What all parts of one answer have in common. */
export interface CompletionHead {
  id: string;
  /** Seconds since the epoch. */
  created: number;
  /** The model as the client named it. */
  model: string;
}

export function completionHead(model: string, now: number): CompletionHead {
  return { id: `chatcmpl-${randomUUID().replaceAll('-', '')}`, created: Math.floor(now / 1000), model };
}

export interface FinishedAnswer {
  text: string;
  toolCalls: readonly ToolCall[];
  usage: Usage | undefined;
  finishReason: FinishReason;
}

/** The `chat.completion` object of https://platform.openai.com/docs/api-reference/chat/object. */
export function completionBody(head: CompletionHead, answer: FinishedAnswer): object {
  const calls = answer.toolCalls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  const message = {
    role: 'assistant',
    content: answer.text === '' && calls.length > 0 ? null : answer.text,
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    ...(answer.usage === undefined ? {} : { usage: usageBody(answer.usage) }),
  };
}

/** The `usage` object: tokens of the question, of the answer and of both. */
export function usageBody(usage: Usage): object {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    ...(usage.cachedInputTokens === undefined
      ? {}
      : { prompt_tokens_details: { cached_tokens: usage.cachedInputTokens } }),
    ...(usage.reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: usage.reasoningTokens } }),
  };
}
