import { integer, mapOf, named, nullable, object, oneOf, text, time } from '../api-doc/schema';

/** What parts of the gateway say about themselves, by their names. */
export const componentHealth = mapOf(
  named(
    'ComponentHealth',
    object({
      status: oneOf('starting', 'ok', 'error'),
      updated_at: time,
      last_ok: nullable(time),
      last_error: nullable(text),
      restart_count: integer,
    }),
  ),
);

export const runtimeHealth = named(
  'RuntimeHealth',
  object({ pid: integer, updated_at: time, uptime_seconds: integer, components: componentHealth }),
);
