import type { ApiOf } from '../platform/api-doc/documented';
import { list, nullable, object, text, time } from '../platform/api-doc/schema';
import type { ApiChatController } from './api-chat.controller';

export const api: ApiOf<ApiChatController> = {
  post: {
    summary: 'Talk to the agent',
    description:
      'With memory and tools. `session_id` goes on with a conversation. With `"stream": true`, or when `text/event-stream` is accepted, the ' +
      'answer comes as server-sent events: `text`, `tool_call`, `tool_result`, `approval`, `usage`, `done` or `error`.',
    access: [{ bearer: ['chat'] }, { webhookSecret: [] }],
    example: { message: 'Hello!', session_id: 'demo' },
    answer: object(
      { reply: text, model: text, session_id: nullable(text) },
      { stopped: text, approvals: list(object({ id: text, tool: text, expires_at: time })) },
    ),
    answers: {
      200: {
        type: 'text/event-stream',
        schema: text,
        example: 'event: text\ndata: {"text":"Hello","model":"echo/echo"}\n\n',
      },
    },
    sends: ['X-Run-Id'],
    errors: {
      401: ['auth.webhook_secret'],
      402: ['cost.budget_exceeded'],
      429: ['session.busy'],
      503: ['gateway.draining'],
      504: ['turn.timeout'],
    },
  },
};
