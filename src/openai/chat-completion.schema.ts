import {
  anything,
  flag,
  integer,
  list,
  mapOf,
  named,
  nullable,
  number,
  object,
  oneOf,
  text,
} from '../platform/api-doc/schema';
import type { Schema } from '../platform/api-doc/schema';

const texts: Schema = { oneOf: [text, list(text)] };
const toolCall = object({ id: text, type: oneOf('function'), function: object({ name: text, arguments: text }) });
const usage = named(
  'CompletionUsage',
  object(
    { prompt_tokens: integer, completion_tokens: integer, total_tokens: integer },
    { prompt_tokens_details: mapOf(anything), completion_tokens_details: mapOf(anything) },
  ),
);

/** What `chat-completion.payload.ts` reads. Fields beyond these go on to the upstream, or are refused by name. */
export const chatCompletionRequest = named('ChatCompletionRequest', {
  ...object(
    { messages: { ...list(mapOf(anything)), minItems: 1 } },
    {
      model: { ...text, default: 'zeroclaw' },
      stream: flag,
      stream_options: object({}, { include_usage: flag, include_obfuscation: flag }),
      temperature: number,
      top_p: number,
      max_tokens: number,
      max_completion_tokens: number,
      stop: texts,
      seed: number,
      presence_penalty: number,
      frequency_penalty: number,
      response_format: mapOf(anything),
      reasoning_effort: text,
      tools: list(mapOf(anything)),
      tool_choice: { oneOf: [text, mapOf(anything)] },
      parallel_tool_calls: flag,
      user: text,
      safety_identifier: text,
      n: { type: 'integer', const: 1 },
    },
  ),
});

/** The `chat.completion` object of https://platform.openai.com/docs/api-reference/chat/object. */
export const chatCompletion = named(
  'ChatCompletion',
  object(
    {
      id: text,
      object: oneOf('chat.completion'),
      created: integer,
      model: text,
      choices: list(
        object({
          index: integer,
          message: object(
            { role: oneOf('assistant'), content: nullable(text), refusal: nullable(text) },
            { tool_calls: list(toolCall) },
          ),
          logprobs: anything,
          finish_reason: text,
        }),
      ),
    },
    { usage },
  ),
);

export const model = named('Model', object({ id: text, object: oneOf('model'), created: integer, owned_by: text }));
