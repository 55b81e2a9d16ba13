import type { OperationDoc } from '../platform/api-doc/documented';
import { anything, mapOf, text } from '../platform/api-doc/schema';

const who = 'The caller proves itself by the signature of its platform, not by a token.';

export const api: Readonly<Record<string, OperationDoc>> = {
  deliver: {
    tag: 'channels',
    summary: 'A platform delivers what people wrote',
    description: `${who} A 2xx means that the messages are stored; answers go out over the platform’s own API.`,
    status: 200,
    body: { schema: mapOf(anything), description: 'As the platform writes it (docs/channels.md).' },
    answer: mapOf(anything),
    errors: {
      400: ['channel.invalid_payload'],
      401: ['channel.signature'],
      404: ['channel.not_configured'],
      413: ['request.too_large'],
      429: ['rate_limit.exceeded'],
      500: ['channel.misconfigured', 'channel.unsigned'],
      503: ['channel.store'],
    },
  },
  verify: {
    tag: 'channels',
    summary: 'A platform checks the address',
    description: `${who} Some ask once, when the address is entered at the platform; at the others the answer is 405.`,
    answers: { 200: { type: 'text/plain', schema: text } },
    errors: { 404: ['channel.not_configured'], 405: ['request.method_not_allowed'] },
  },
};
