import { Injectable } from '@nestjs/common';
import { AgentService } from '../agent/agent.service';
import { newRunId } from '../agent/runs/run';
import type { PendingApproval, TurnEvent } from '../agent/turn';
import { AppError } from '../platform/errors/app-error';
import type { ServedCall, ServedResult, ServedTool } from './served-tool';

/** One turn of the agent, like `/api/chat`; with progress its words and its tools are announced as they come. */
@Injectable()
export class ChatTool implements ServedTool {
  readonly name = 'chat';
  readonly description =
    'Sends a message to the ZeroClaw agent, which has tools and a memory of its own, and returns its answer. ' +
    'With a session_id the conversation goes on where it was.';
  readonly hints = { readOnlyHint: false, openWorldHint: true };
  readonly parameters = {
    type: 'object',
    properties: {
      message: { type: 'string', minLength: 1, pattern: '\\S', description: 'What to say to the agent.' },
      session_id: {
        type: 'string',
        minLength: 1,
        pattern: '\\S',
        description: 'Name of the conversation, private to your token; without one nothing of it is kept.',
      },
    },
    required: ['message'],
    additionalProperties: false,
  };

  constructor(private readonly agent: AgentService) {}

  async call(args: Record<string, unknown>, { caller, signal, progress }: ServedCall): Promise<ServedResult> {
    const { message, session_id: session } = args as { message: string; session_id?: string };
    const runId = newRunId();
    const turn = this.agent.run(
      {
        runId,
        door: 'mcp',
        mode: 'agent',
        owner: caller.id,
        messages: [{ role: 'user', content: message.trim() }],
        canWait: progress !== undefined,
        whole: progress === undefined,
        ...(session !== undefined && { sessionId: session.trim() }),
      },
      signal,
    );
    for await (const event of turn) {
      if (event.type === 'error') throw event.error;
      if (event.type === 'done') return { ...answer(event, session), runId };
      const news = progress && newsOf(event);
      if (news) await progress(news);
    }
    throw new AppError(500, 'internal', 'The turn ended without an answer');
  }
}

function answer(
  { text, model, approvals = [], stopped }: Extract<TurnEvent, { type: 'done' }>,
  session: string | undefined,
): ServedResult {
  const waiting = approvals.map(
    ({ id, tool }) => `[The call of ${tool} waits for a person: POST /api/approvals/${id}]`,
  );
  return {
    text: [text, ...waiting].join('\n'),
    structured: {
      reply: text,
      model,
      session_id: session ?? null,
      ...(stopped && { stopped }),
      ...(approvals.length > 0 && { approvals: approvals.map(approvalFields) }),
    },
  };
}

function approvalFields({ id, tool, expiresAt }: PendingApproval) {
  return { id, tool, expires_at: new Date(expiresAt).toISOString() };
}

function newsOf(event: TurnEvent): string | undefined {
  switch (event.type) {
    case 'text':
      return event.text;
    case 'tool_call':
      return `calls ${event.name}`;
    case 'tool_result':
      return `${event.name} ${event.success ? 'is done' : 'failed'}`;
    case 'approval':
      return `the call of ${event.tool} waits for a person: POST /api/approvals/${event.id}`;
    default:
      return undefined;
  }
}
