import { RUN_STATUSES } from '../agent/runs/run';
import { integer, named, nullable, object, oneOf, text, time } from '../platform/api-doc/schema';

export const usage = named(
  'Usage',
  object(
    { input_tokens: integer, output_tokens: integer },
    { cached_input_tokens: integer, reasoning_tokens: integer },
  ),
);

/** A turn as `/api/runs` shows it. */
export const run = named(
  'Run',
  object({
    id: text,
    status: oneOf(...RUN_STATUSES),
    door: text,
    owner: text,
    session_id: nullable(text),
    started_at: time,
    finished_at: nullable(time),
    model: nullable(text),
    usage: nullable(usage),
    error: nullable(object({ code: text, message: text, retry_after: nullable(integer) })),
    last_seq: integer,
  }),
);
