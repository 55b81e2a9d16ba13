import { startGateway } from '../../support/gateway';
import type { GatewayUnderTest } from '../../support/gateway';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';
import OpenAI from 'openai';
import { collect } from './openai-gateway';

let models: MockModels;
let gateway: GatewayUnderTest;
let client: OpenAI;

beforeAll(async () => {
  models = await startMockModels();
  gateway = await startGateway({
    toml: `
default_provider = "echo"

[model_providers.claude]
base_url = "${models.url}"
wire_api = "anthropic"
api_key = "sk-ant"

[gateway]
webhook_rate_limit_per_minute = 0
`,
  });
  client = new OpenAI({ apiKey: await gateway.pair(), baseURL: `${gateway.url}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await models.stop();
});
beforeEach(() => models.reset());

const ask = (model: string, content: string) => ({ model, messages: [{ role: 'user' as const, content }] });

describe.each(['claude/claude-test', 'echo/echo'])('%s, a model that does not speak this protocol', (model) => {
  beforeEach(() => models.answer({ match: { userMessage: 'hello' }, response: { content: 'echo: hello to you too' } }));

  it('answers in it', async () => {
    const completion = await client.chat.completions.create(ask(model, 'hello'));

    expect(completion).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ message: { role: 'assistant', content: expect.stringContaining('hello') }, finish_reason: 'stop' }],
      usage: { total_tokens: expect.any(Number) },
    });
  });

  it('streams in it', async () => {
    const pieces = await collect(
      await client.chat.completions.create({
        ...ask(model, 'hello'),
        stream: true,
        stream_options: { include_usage: true },
      }),
    );

    expect(pieces.map((c) => c.choices[0]?.delta.content ?? '').join('')).toContain('hello');
    expect(pieces.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(pieces.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
  });

  it('refuses by name what it cannot honour', async () => {
    await expect(client.chat.completions.create({ ...ask(model, 'hello'), n: 3 })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'n',
    });
    expect(await models.requests()).toEqual([]);
  });
});

describe('tool calls of a model that does not speak this protocol', () => {
  it('come as the deltas of this one', async () => {
    await models.answer({
      match: { userMessage: 'weather' },
      response: { toolCalls: [{ id: 'toolu_1', name: 'weather', arguments: '{"city":"Bern"}' }] },
    });
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }];

    const completion = await client.chat.completions
      .stream({ ...ask('claude/claude-test', 'weather'), tools })
      .finalChatCompletion();

    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ type: 'function', function: { name: 'weather', arguments: expect.stringContaining('Bern') } }],
      },
    });
  });
});
