import type OpenAI from 'openai';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';
import { collect, startOpenAiGateway } from './openai-gateway';
import type { OpenAiGateway } from './openai-gateway';

let models: MockModels;
let gateway: OpenAiGateway;

beforeAll(async () => {
  models = await startMockModels();
  gateway = await startOpenAiGateway(models.url);
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});
beforeEach(() => models.reset());

const MODEL = 'upstream/gpt-test';
const ask = (content: string) => ({ model: MODEL, messages: [{ role: 'user' as const, content }] });

describe('a model of a configured provider, asked with the official SDK', () => {
  it('answers', async () => {
    await models.answer({
      match: { userMessage: 'hello' },
      response: { content: 'Hi there!', usage: { prompt_tokens: 3, completion_tokens: 4 } },
    });

    const completion = await gateway.client.chat.completions.create({ ...ask('hello'), temperature: 0.3 });

    expect(completion.choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'Hi there!' },
      finish_reason: 'stop',
    });
    expect(completion.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 });
    const [seen] = await models.requests();
    expect(seen).toMatchObject({
      path: '/v1/chat/completions',
      body: { model: 'gpt-test', temperature: 0.3 },
    });
  });

  it('streams, and gives the usage only to those who ask for it', async () => {
    await models.answer({
      match: { userMessage: 'hello' },
      response: { content: 'one two three four five six', usage: { prompt_tokens: 3, completion_tokens: 4 } },
    });
    const text = (chunks: OpenAI.ChatCompletionChunk[]) =>
      chunks.map((c) => c.choices[0]?.delta.content ?? '').join('');

    const plain = await collect(await gateway.client.chat.completions.create({ ...ask('hello'), stream: true }));
    const counted = await collect(
      await gateway.client.chat.completions.create({
        ...ask('hello'),
        stream: true,
        stream_options: { include_usage: true },
      }),
    );

    expect(text(plain)).toBe('one two three four five six');
    expect(text(counted)).toBe('one two three four five six');
    expect(plain.filter((chunk) => chunk.choices.length === 0)).toEqual([]);
    expect(counted.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } });
    const seen = await models.requests();
    expect(seen.map(({ body }) => body['stream_options'])).toEqual([{ include_usage: true }, { include_usage: true }]);
  });

  it.each([false, true])('calls the tools of the client and takes their results (stream: %s)', async (stream) => {
    await models.answer(
      { match: { toolCallId: 'call_1' }, response: { content: 'It is sunny.' } },
      {
        match: { userMessage: 'weather' },
        response: { toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' }] },
      },
    );
    const tools = [
      {
        type: 'function' as const,
        function: { name: 'weather', parameters: { type: 'object', properties: { model: { type: 'string' } } } },
      },
    ];

    const runner = stream
      ? gateway.client.chat.completions.stream({ ...ask('weather'), tools })
      : await gateway.client.chat.completions.create({ ...ask('weather'), tools });
    const asked = 'finalChatCompletion' in runner ? await runner.finalChatCompletion() : runner;
    const [choice] = asked.choices;
    expect(choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }],
      },
    });
    const answered = await gateway.client.chat.completions.create({
      model: MODEL,
      tools,
      messages: [
        { role: 'user', content: 'weather' },
        choice?.message as OpenAI.ChatCompletionMessage,
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      ],
    });

    expect(answered.choices[0]?.message.content).toBe('It is sunny.');
  });

  it('passes on structured answers, pictures and fields that only the upstream knows', async () => {
    await models.answer({ match: { userMessage: 'picture' }, response: { content: '{"seen":"cat"}' } });
    const fields = {
      response_format: {
        type: 'json_schema' as const,
        json_schema: {
          name: 'seen',
          strict: true,
          schema: { type: 'object', properties: { seen: { type: 'string' } } },
        },
      },
      logprobs: true,
      n: 1,
      metadata: { a: 'b' },
      top_k: 40,
    };
    const content = [
      { type: 'text' as const, text: 'picture' },
      { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } },
    ];

    const completion = await gateway.client.chat.completions.create({
      model: MODEL,
      messages: [{ role: 'user', content }],
      ...fields,
    });

    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({ seen: 'cat' });
    const [seen] = await models.requests();
    expect(seen?.body).toMatchObject({ ...fields, messages: [{ role: 'user', content }] });
  });

  it('counts what it was told in the metrics', async () => {
    await models.answer({
      match: { userMessage: 'count' },
      response: { content: 'ok', usage: { prompt_tokens: 1001, completion_tokens: 2002 } },
    });

    await gateway.client.chat.completions.create(ask('count'));
    await collect(await gateway.client.chat.completions.create({ ...ask('count'), stream: true }));

    const metrics = await (await gateway.fetch('/metrics')).text();
    const counted = [...metrics.matchAll(/^zeroclaw_\w*tokens\w*\{[^}]*provider="upstream"[^}]*\} (\d+)$/gm)].map(
      ([, n]) => Number(n),
    );
    expect(Math.max(...counted)).toBeGreaterThanOrEqual(4004);
  });

  it('answers a repetition under the same idempotency key without asking again', async () => {
    await models.answer({ match: { userMessage: 'once' }, response: { content: 'only once' } });
    const twice = () =>
      gateway.fetch('/v1/chat/completions', {
        json: { ...ask('once'), stream: true },
        headers: { 'Idempotency-Key': 'k-1' },
      });

    const first = await twice();
    const firstText = await first.text();
    const second = await twice();

    expect(await second.text()).toBe(firstText);
    expect(firstText).toContain('[DONE]');
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await models.requests()).toHaveLength(1);
    const other = await gateway.fetch('/v1/chat/completions', {
      json: ask('other'),
      headers: { 'Idempotency-Key': 'k-1' },
    });
    expect(other.status).toBe(422);
  });
});
