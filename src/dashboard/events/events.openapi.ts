import type { ApiOf } from '../../platform/api-doc/documented';
import { text } from '../../platform/api-doc/schema';
import type { EventsController } from './events.controller';

export const api: ApiOf<EventsController> = {
  listen: {
    summary: 'What happens, as it happens',
    description: 'Server-sent events; `data` is JSON with `type` and `timestamp`. docs/events.md has the types.',
    headers: ['Last-Event-ID'],
    parameters: {
      types: { description: 'Only these, separated by commas.', example: 'agent_start,agent_end,error' },
      'Last-Event-ID': { description: 'Only what came after.' },
      last_event_id: { description: 'For clients that cannot send the header.' },
    },
    answers: {
      200: {
        type: 'text/event-stream',
        schema: text,
        example: 'id: 4f1c0a9be2d7-812\ndata: {"type":"agent_start",…,"timestamp":"2026-01-10T12:00:00.000Z"}\n\n',
      },
    },
    errors: { 400: ['request.invalid_field'], 503: ['events.too_many_subscribers', 'gateway.draining'] },
  },
};
