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

const ask = (content: string) => ({ model: 'zeroclaw', messages: [{ role: 'user' as const, content }] });
const create = (params: OpenAI.ChatCompletionCreateParamsNonStreaming, headers = {}) =>
  gateway.client.chat.completions.create(params, { headers });
const usage = { prompt_tokens: 30, completion_tokens: 4 };

describe('the agent behind the model zeroclaw', () => {
  it.each(['zeroclaw', 'gpt-test'])('answers under its name and that of the default model: %s', async (model) => {
    await models.answer({ match: { userMessage: 'hello' }, response: { content: 'Hi there!', usage } });

    const completion = await create({ ...ask('hello'), model, temperature: 0.2, stop: 'END', seed: 7 });

    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there!' }, finish_reason: 'stop' }],
      usage: { ...usage, total_tokens: 34 },
    });
    expect(Math.abs(completion.created - Date.now() / 1000)).toBeLessThan(60);
    const [seen] = await models.requests();
    expect(seen?.body).toMatchObject({ temperature: 0.2, seed: 7 });
    expect([seen?.body['stop']].flat()).toEqual(['END']);
  });

  it('streams chunks of one id: role, text, reason, and the usage when asked', async () => {
    await models.answer({
      match: { userMessage: 'hello' },
      response: { content: 'one two three four five six', usage },
    });

    const plain = await collect(await gateway.client.chat.completions.create({ ...ask('hello'), stream: true }));
    const counted = await collect(
      await gateway.client.chat.completions.create({
        ...ask('hello'),
        stream: true,
        stream_options: { include_usage: true },
      }),
    );

    expect(plain[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(plain.map((c) => c.choices[0]?.delta.content ?? '').join('')).toBe('one two three four five six');
    expect(plain.length).toBeGreaterThan(3);
    expect(plain.at(-1)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(new Set(plain.map((c) => `${c.id} ${c.created} ${c.model} ${c.object}`)).size).toBe(1);
    expect(plain.some((c) => 'usage' in c)).toBe(false);
    expect(counted.slice(0, -1).every((c) => c.usage === null)).toBe(true);
    expect(counted.at(-1)).toMatchObject({ choices: [], usage: { ...usage, total_tokens: 34 } });
  });

  it.each([false, true])('hands calls of the client’s tools to the client (stream: %s)', async (stream) => {
    await models.answer(
      { match: { toolCallId: 'call_1' }, response: { content: 'It is sunny.' } },
      {
        match: { userMessage: 'weather' },
        response: { toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' }] },
      },
    );
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }];

    const asked = stream
      ? await gateway.client.chat.completions.stream({ ...ask('weather'), tools }).finalChatCompletion()
      : await create({ ...ask('weather'), tools });
    const message = asked.choices[0]?.message as OpenAI.ChatCompletionMessage;
    expect(asked.choices[0]?.finish_reason).toBe('tool_calls');
    expect(message.tool_calls).toEqual([
      expect.objectContaining({
        id: 'call_1',
        type: 'function',
        function: expect.objectContaining({ name: 'weather', arguments: '{"city":"Bern"}' }),
      }),
    ]);
    const answered = await create({
      ...ask('weather'),
      tools,
      messages: [
        { role: 'user', content: 'weather' },
        message,
        { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
      ],
    });

    expect(answered.choices[0]).toMatchObject({ message: { content: 'It is sunny.' }, finish_reason: 'stop' });
  });

  it('runs its own tools itself and shows only the answer', async () => {
    await models.answer(
      { match: { toolCallId: 'call_t' }, response: { content: 'It is 42.' } },
      {
        match: { userMessage: 'six times seven' },
        response: { toolCalls: [{ id: 'call_t', name: 'calculate', arguments: '{"expression":"6*7"}' }] },
      },
    );

    const pieces = await collect(
      await gateway.client.chat.completions.create({ ...ask('six times seven'), stream: true }),
    );

    expect(pieces.map((c) => c.choices[0]?.delta.content ?? '').join('')).toBe('It is 42.');
    expect(pieces.some((c) => c.choices[0]?.delta.tool_calls)).toBe(false);
    expect(await models.requests()).toHaveLength(2);
  });

  it('takes the whole conversation from the client and keeps none', async () => {
    await models.answer({ match: { userMessage: 'again' }, response: { content: 'ok' } });
    const messages = [
      { role: 'system' as const, content: 'be brief' },
      { role: 'developer' as const, content: 'be kind' },
      {
        role: 'user' as const,
        content: [
          { type: 'text' as const, text: 'first' },
          { type: 'image_url' as const, image_url: { url: 'https://example.com/a.png' } },
        ],
      },
      { role: 'assistant' as const, content: 'yes' },
      { role: 'user' as const, content: 'again' },
    ];

    await create({ model: 'zeroclaw', messages, user: 'u-1' });
    await create({ ...ask('again'), user: 'u-1' });

    const [first, second] = (await models.requests()).map(({ body }) => JSON.stringify(body['messages']));
    for (const said of ['be brief', 'be kind', 'first', 'https://example.com/a.png', 'yes', 'again'])
      expect(first).toContain(said);
    expect(second).not.toContain('first');
  });

  it('remembers a conversation under X-Session-Id', async () => {
    await models.answer(
      { match: { userMessage: 'one' }, response: { content: 'answer one' } },
      { match: { userMessage: 'two' }, response: { content: 'answer two' } },
    );
    const headers = { 'X-Session-Id': 'desk' };

    await create(ask('one'), headers);
    await create(ask('two'), headers);

    const seen = (await models.requests()).at(-1)?.body['messages'] as { role: string; content: string }[];
    expect(seen.filter(({ role }) => role !== 'system').map(({ content }) => content)).toEqual([
      'one',
      'answer one',
      'two',
    ]);
    await expect(create(ask('one'), { 'X-Session-Id': 'x'.repeat(257) })).rejects.toMatchObject({
      status: 400,
      param: 'X-Session-Id',
    });
  });

  it('asks for the structured answer that the client wants', async () => {
    await models.answer({ match: { userMessage: 'json' }, response: { content: '{"a":1}' } });
    const response_format = {
      type: 'json_schema' as const,
      json_schema: { name: 'n', strict: true, schema: { type: 'object' } },
    };

    await create({ ...ask('json'), response_format, max_completion_tokens: 50, user: 'u-2' });

    const [seen] = await models.requests();
    expect(seen?.body).toMatchObject({ response_format, user: 'u-2' });
  });

  it('fails with the status of the failure before its first word', async () => {
    for (const stream of [false, true]) {
      await models.failNext(429);
      await expect(gateway.client.chat.completions.create({ ...ask('x'), stream })).rejects.toMatchObject({
        status: 429,
      });
    }
  });
});
