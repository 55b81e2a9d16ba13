import type { ApiOf } from '../platform/api-doc/documented';
import { integer, list, nullable, object, oneOf, text, time } from '../platform/api-doc/schema';
import type { SessionsController } from './sessions.controller';

const session = { id: text, created_at: time, updated_at: time, running: list(text) };
const parameters = {
  id: { example: '$SESSION_ID' },
  owner: { description: 'Whose, for admins. Default: the token’s own.' },
  limit: { example: '20' },
};

export const api: ApiOf<SessionsController> = {
  list: {
    summary: 'Sessions',
    description: 'The ones used last first.',
    parameters,
    answer: object({ sessions: list(object({ ...session, title: nullable(text) })), next_cursor: nullable(text) }),
    errors: { 400: ['session.invalid_cursor'], 403: ['session.foreign'] },
  },
  one: {
    summary: 'A session and what was said in it',
    parameters,
    answer: object({
      ...session,
      messages: list(object({ seq: integer, at: time, role: oneOf('user', 'assistant'), content: text })),
      next_before: nullable(integer),
    }),
    errors: { 403: ['session.foreign'], 404: ['session.unknown'] },
  },
  delete: {
    summary: 'Delete a session',
    description: 'Its turns that run or wait are cancelled first.',
    parameters: { id: parameters.id, owner: parameters.owner },
    answer: object({ status: oneOf('ok'), deleted: text }),
    errors: { 403: ['session.foreign'], 404: ['session.unknown'] },
  },
  push: {
    summary: 'Say something in a session',
    description:
      'As the user it begins a turn that goes on by itself (202); as the assistant it is said as it is (201).',
    parameters: { id: parameters.id, owner: parameters.owner },
    example: { content: 'The build is green', role: 'assistant' },
    answer: object({ run_id: text, session_id: text }),
    answers: { 201: { type: 'application/json', schema: object({ session_id: text }) } },
    sends: ['X-Run-Id'],
    errors: { 400: ['session.invalid_id'], 403: ['session.foreign'], 503: ['run.too_many', 'gateway.draining'] },
  },
};
