/** What both ends of the bench agree on: the requests the load generator sends and the answers the stub upstream gives. */
export const STREAM_CHUNKS = 64;
export const UPSTREAM_MODEL = 'stub-model';

const created = 1_700_000_000;
const usage = { prompt_tokens: 12, completion_tokens: STREAM_CHUNKS, total_tokens: 12 + STREAM_CHUNKS };

export const STREAM_BODY_MARK = '"stream":true';

/** A chat-completions body of roughly `historyBytes` bytes; small when left out. */
export function chatBody(model: string, options: { stream?: boolean; historyBytes?: number } = {}): string {
  const messages = [{ role: 'system', content: 'You are a helpful assistant. Answer in one short sentence.' }];
  const paragraph = 'The quick brown fox jumps over the lazy dog, and says "hello" on its way. '.repeat(6);
  for (let bytes = 0; bytes < (options.historyBytes ?? 0); bytes += paragraph.length + 40) {
    messages.push({ role: messages.length % 2 === 1 ? 'user' : 'assistant', content: paragraph });
  }
  messages.push({ role: 'user', content: 'What is the capital of France?' });
  return JSON.stringify(
    options.stream === true
      ? { model, messages, stream: true, stream_options: { include_usage: true } }
      : { model, messages, temperature: 0.7 },
  );
}

export const COMPLETION = JSON.stringify({
  id: 'chatcmpl-stub',
  object: 'chat.completion',
  created,
  model: UPSTREAM_MODEL,
  choices: [
    { index: 0, message: { role: 'assistant', content: 'The capital of France is Paris.' }, finish_reason: 'stop' },
  ],
  usage,
});

function chunk(choices: unknown[], extra: object = {}): string {
  const event = { id: 'chatcmpl-stub', object: 'chat.completion.chunk', created, model: UPSTREAM_MODEL, choices };
  return `data: ${JSON.stringify({ ...event, ...extra })}\n\n`;
}

/** The server-sent events of one streamed answer: 64 chunks of text, the finish reason, the usage, the end mark. */
export const STREAM_EVENTS: readonly string[] = [
  ...Array.from({ length: STREAM_CHUNKS }, (_, i) =>
    chunk([{ index: 0, delta: i === 0 ? { role: 'assistant', content: 'w0' } : { content: ` w${i}` } }]),
  ),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { usage }),
  'data: [DONE]\n\n',
];
