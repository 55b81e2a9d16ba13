import type { PendingApproval, TurnEvent } from '../agent/turn';
import type { DoneEvent } from './turn-answer';
import type { Usage } from '../providers/provider';
import { errorFields } from './turn-answer';

/**
 * A turn's event as `/api/chat` streams it: under its own name, with JSON data in the spelling of the native API.
 * `done` repeats what the answer without a stream would have said.
 */
export function apiChatFrame(event: TurnEvent, sessionId: string | null): { event: string; data: string } {
  return { event: event.type, data: JSON.stringify(fields(event, sessionId)) };
}

function fields(event: TurnEvent, sessionId: string | null): object {
  switch (event.type) {
    case 'text':
      return { text: event.text, model: event.model };
    case 'tool_call':
      return { id: event.id, name: event.name, arguments: event.arguments };
    case 'tool_result':
      return { id: event.id, name: event.name, success: event.success, output: event.output };
    case 'approval':
      return approvalFields(event);
    case 'usage':
      return { model: `${event.provider}/${event.model}`, ...tokens(event.usage) };
    case 'done':
      return {
        reply: event.text,
        model: event.model,
        session_id: sessionId,
        finish_reason: event.finishReason,
        usage: tokens(event.usage),
        ...endFields(event),
      };
    case 'error':
      return errorFields(event.error);
  }
}

/** What is only said of a turn that a limit has ended, or that waits for somebody. */
export function endFields({ stopped, approvals }: DoneEvent): object {
  return { stopped, ...(approvals && { approvals: approvals.map(approvalFields) }) };
}

function approvalFields({ id, tool, expiresAt }: PendingApproval): object {
  return { id, tool, expires_at: new Date(expiresAt).toISOString() };
}

function tokens({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: Usage): object {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cached_input_tokens: cachedInputTokens,
    reasoning_tokens: reasoningTokens,
  };
}
