import type { Usage } from '../../providers/provider';
import type { PendingApproval } from '../turn';
import type { RunEvent, RunFrame } from './run';

/**
 * A frame as the WebSocket and `GET /api/runs/:id/events` send it: `{type, run_id, seq, …}`. The names `chunk`, `tool_call`, `tool_result`,
 * `done` and their fields are those of ZeroClaw's WebSocket (v0.1.8).
 */
export interface WireFrame {
  type: string;
  run_id: string;
  seq: number;
  [field: string]: unknown;
}

export function viewFrame({ runId, seq, event }: RunFrame): WireFrame {
  return { type: event.type === 'text' ? 'chunk' : event.type, run_id: runId, seq, ...fields(event) };
}

function fields(event: RunEvent): object {
  switch (event.type) {
    case 'user_message':
      return { content: event.content };
    case 'text':
      return { content: event.text, model: event.model };
    case 'tool_call':
      return { id: event.id, name: event.name, args: objectOf(event.arguments) };
    case 'tool_result':
      return { id: event.id, name: event.name, success: event.success, output: event.output };
    case 'approval':
      return approvalFields(event);
    case 'usage':
      return { model: `${event.provider}/${event.model}`, ...viewUsage(event.usage) };
    case 'done':
      return {
        full_response: event.text,
        model: event.model,
        usage: viewUsage(event.usage),
        finish_reason: event.finishReason,
        ...(event.stopped !== undefined && { stopped: event.stopped }),
        ...(event.approvals && { approvals: event.approvals.map(approvalFields) }),
        ...(event.toolCalls && {
          tool_calls: event.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args: objectOf(args) })),
        }),
      };
    case 'error':
      return {
        code: event.code,
        message: event.message,
        ...(event.retryAfter !== undefined && { retry_after: event.retryAfter }),
      };
  }
}

function approvalFields({ id, tool, expiresAt }: PendingApproval): object {
  return { id, tool, expires_at: new Date(expiresAt).toISOString() };
}

/** What the model wrote is not always JSON; then the client sees it as it is. */
function objectOf(written: string): unknown {
  try {
    return JSON.parse(written === '' ? '{}' : written);
  } catch {
    return written;
  }
}

export function viewUsage({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: Usage): object {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cached_input_tokens: cachedInputTokens,
    reasoning_tokens: reasoningTokens,
  };
}
