import { listen, patient, saying, startModels } from '../../support/models';
import { startMockModels, type MockFixture } from '../../support/upstream';
import { CONTRACT, providerContract } from './provider-contract';

const answers: MockFixture[] = [
  {
    match: { userMessage: CONTRACT.toolQuestion, hasToolResult: true },
    response: { content: `The tool says: ${CONTRACT.toolResult}.` },
  },
  {
    match: { userMessage: CONTRACT.toolQuestion },
    response: { toolCalls: [{ name: 'weather', arguments: '{"city":"Oslo"}' }] },
  },
  // Slow enough to be left in the middle.
  {
    match: { userMessage: CONTRACT.question },
    response: {
      content: 'You want to hear it, so here it comes: banana.',
      usage: { prompt_tokens: 11, completion_tokens: 7, input_tokens: 11, output_tokens: 7 },
    },
    chunkSize: 5,
    latency: 10,
  },
];

async function start(toml: (url: string) => string) {
  const mock = await startMockModels();
  await mock.answer(...answers);
  const { models, stop } = await startModels(toml(mock.url));
  return {
    models,
    stop: async () => {
      await stop();
      await mock.stop();
    },
  };
}

providerContract('openai-compatible', () =>
  start((url) => `default_provider = "openai"\ndefault_model = "gpt-4o"\napi_key = "sk-test"\napi_url = "${url}/v1"`),
);

providerContract('anthropic', () =>
  start((url) => `default_provider = "anthropic"\napi_key = "sk-ant-test"\napi_url = "${url}"`),
);

providerContract('echo', () => startModels());

describe.each([
  ['openai', (url: string) => `default_provider = "openai"\napi_url = "${url}/v1"`],
  ['anthropic', (url: string) => `default_provider = "anthropic"\napi_url = "${url}"`],
])('the failures of the %s mock', (provider, toml) => {
  it.each([
    [401, 'auth'],
    [404, 'not_found'],
    [429, 'rate_limit'],
    [500, 'server'],
  ])('%i is %s', async (status, kind) => {
    const mock = await startMockModels();
    const { models, stop } = await startModels(`${toml(mock.url)}\n[reliability]\nprovider_retries = 0`);
    await mock.failNext(status);
    await expect(listen(models.chat(saying('hi'), patient()))).rejects.toMatchObject({ kind, provider });
    expect(await mock.requests()).toMatchObject([{ status }]);
    await stop();
    await mock.stop();
  });
});
