import type { ApiOf } from '../platform/api-doc/documented';
import { text } from '../platform/api-doc/schema';
import { chatCompletion, chatCompletionRequest } from './chat-completion.schema';
import type { ChatCompletionsController } from './chat-completions.controller';

export const api: ApiOf<ChatCompletionsController> = {
  create: {
    tag: 'openai',
    summary: 'Chat completion',
    description:
      'OpenAI’s. The model `zeroclaw` is the agent; `provider/model` passes through to one of the providers. docs/openai-api.md says which ' +
      'fields are honoured, refused or passed on.',
    status: 200,
    headers: ['X-Session-Id', 'Idempotency-Key'],
    parameters: {
      'X-Session-Id': { description: 'Goes on with a conversation that the gateway keeps.' },
      'Idempotency-Key': { description: 'The same key with the same body gets the first answer again.' },
    },
    body: {
      schema: chatCompletionRequest,
      example: { model: 'zeroclaw', messages: [{ role: 'user', content: 'Hello!' }] },
    },
    answer: chatCompletion,
    answers: {
      200: {
        type: 'text/event-stream',
        schema: text,
        example: 'data: {"object":"chat.completion.chunk",…}\n\ndata: [DONE]\n\n',
      },
    },
    sends: ['X-Run-Id'],
    errors: {
      400: ['openai.invalid_json', 'openai.invalid_messages', 'openai.invalid_value', 'openai.unsupported_parameter'],
      402: ['cost.budget_exceeded'],
      404: ['openai.model_not_found'],
      409: ['idempotency.in_flight'],
      413: ['request.too_large'],
      422: ['idempotency.key_reused'],
      503: ['gateway.draining'],
      504: ['turn.timeout'],
    },
  },
};
