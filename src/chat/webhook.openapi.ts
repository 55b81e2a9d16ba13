import type { ApiOf } from '../platform/api-doc/documented';
import { object, oneOf, text } from '../platform/api-doc/schema';
import type { WebhookController } from './webhook.controller';

export const api: ApiOf<WebhookController> = {
  post: {
    tag: 'chat',
    summary: 'One message, one answer of the model',
    description:
      'Without tools. Where `[channels_config.webhook] secret` is set, `X-Webhook-Secret` or a Standard Webhooks signature is needed beside the token. ' +
      'With `"stream": true` frames `{"delta", "model"}` come as server-sent events, and `[DONE]`.',
    access: [{ bearer: ['chat'] }, { bearer: ['chat'], webhookSecret: [] }, { webhookSecret: [] }],
    example: { message: 'Hello from webhook' },
    answer: object({ response: text, model: text }),
    answers: {
      200: { type: 'text/event-stream', schema: text, example: 'data: {"delta":"Hello","model":"echo/echo"}\n\n' },
    },
    sends: ['X-Run-Id'],
    errors: { 401: ['auth.webhook_secret'], 402: ['cost.budget_exceeded'], 503: ['gateway.draining'] },
  },
  explain: {
    tag: 'chat',
    summary: 'Says how to use it',
    status: 405,
    answer: object({
      error: text,
      code: oneOf('request.method_not_allowed'),
      method: oneOf('POST'),
      path: oneOf('/webhook'),
      example: object({ message: text }),
    }),
    sends: ['Allow'],
  },
};
