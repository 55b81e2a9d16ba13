import { described, integer, named, nullable, object, oneOf, text } from '../platform/api-doc/schema';

/** What every native route answers when it cannot do what was asked: the shape that the error filter writes. */
export const NATIVE_ERROR = named(
  'Error',
  object(
    {
      error: described('A sentence for people: what is wrong and what to do.', text),
      code: described('Stable, for programs.', text),
      request_id: described('Names the request in the log; the header X-Request-Id has it too.', text),
    },
    {
      field: described('The field of the request that is at fault.', text),
      retry_after: described('Seconds after which the call may succeed.', integer),
    },
  ),
);

/** The same on `/v1`, as OpenAI's clients read it. */
export const OPENAI_ERROR = named(
  'OpenAiError',
  object({
    error: object({
      message: text,
      type: oneOf('invalid_request_error', 'rate_limit_error', 'server_error'),
      param: nullable(text),
      code: text,
      request_id: text,
    }),
  }),
);
