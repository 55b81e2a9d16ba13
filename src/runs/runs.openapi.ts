import type { ApiOf } from '../platform/api-doc/documented';
import { list, nullable, object, text } from '../platform/api-doc/schema';
import { run } from './run.schema';
import type { RunsController } from './runs.controller';

const id = { id: { description: 'The `X-Run-Id` of an answer.', example: '$RUN_ID' } };

export const api: ApiOf<RunsController> = {
  list: {
    summary: 'Runs',
    description: 'Turns of one’s own, from any door, the newest first; with `admin` and `all=true` those of everybody.',
    parameters: { limit: { example: '10' } },
    answer: object({ runs: list(run), next_before: nullable(text) }),
  },
  one: { summary: 'One run', parameters: id, answer: run, errors: { 404: ['run.unknown'] } },
  cancel: {
    summary: 'Cancel a run',
    parameters: id,
    answer: run,
    errors: { 404: ['run.unknown'], 409: ['run.finished', 'run.elsewhere'] },
  },
  events: {
    summary: 'Follow a run',
    description:
      'What has happened and what happens, as server-sent events; `event` is the type, `data` the frame of docs/websocket.md.',
    parameters: {
      ...id,
      last_event_id: { description: 'For clients that cannot send the header.' },
      'Last-Event-ID': { description: 'Only what came after.', example: '1' },
    },
    headers: ['Last-Event-ID'],
    answers: {
      200: { type: 'text/event-stream', schema: text, example: 'id: 2\nevent: chunk\ndata: {"type":"chunk",…}\n\n' },
      204: { description: 'The client has seen the whole run.' },
    },
    errors: { 400: ['run.invalid_event_id'], 404: ['run.unknown'], 409: ['run.elsewhere'], 410: ['run.frames_gone'] },
  },
};
