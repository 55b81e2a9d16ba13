import type { ApiOf } from '../platform/api-doc/documented';
import { anything, integer, mapOf, object, oneOf, text } from '../platform/api-doc/schema';
import type { McpController } from './mcp.controller';

export const api: ApiOf<McpController> = {
  post: {
    summary: 'The agent and its memory as tools',
    description:
      'A server of the Model Context Protocol over streamable HTTP, without sessions: one JSON-RPC message per request.',
    status: 200,
    headers: ['Accept'],
    parameters: { Accept: { description: 'Both types.', example: 'application/json, text/event-stream' } },
    body: {
      schema: object(
        { jsonrpc: oneOf('2.0'), method: text },
        { id: { type: ['string', 'integer'] }, params: mapOf(anything) },
      ),
      example: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    },
    answer: object(
      { jsonrpc: oneOf('2.0') },
      {
        id: { type: ['string', 'integer', 'null'] },
        result: anything,
        error: object({ code: integer, message: text }, { data: anything }),
      },
    ),
    answers: {
      200: { type: 'text/event-stream', schema: text, example: 'event: message\ndata: {"jsonrpc":"2.0",…}\n\n' },
      202: { description: 'A notification was taken.' },
    },
    errors: {
      400: ['request.invalid_json'],
      413: ['request.too_large'],
      415: ['request.unsupported_media_type'],
    },
  },
};
