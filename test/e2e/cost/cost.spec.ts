import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';
import { costToml, startCostGateway } from './cost-gateway';
import type { CostGateway } from './cost-gateway';

const PRICES = `
[cost.prices."upstream/gpt-test"]
input = 2
output = 10
cached = 0.5
`;
/** 1000 in and 100 out at 2 and 10 USD per million. */
const ONE_CALL = 0.003;

let models: MockModels;
let gateway: CostGateway;

beforeAll(async () => (models = await startMockModels()));
afterAll(() => models.stop());
beforeEach(async () => {
  await models.reset();
  await models.answer({
    match: { userMessage: 'hello' },
    response: { content: 'Hi there!', usage: { prompt_tokens: 1000, completion_tokens: 100 } },
  });
});
afterEach(() => gateway.stop());

const start = async (cost: string) => (gateway = await startCostGateway({ toml: costToml(models.url, cost) }));

describe('what model calls cost', () => {
  it.each<[string, () => Promise<Response>]>([
    ['a forwarded answer', () => gateway.complete('hello')],
    ['a forwarded stream', () => gateway.complete('hello', { stream: true })],
    ["a turn of the agent's", () => gateway.fetch('/api/chat', { json: { message: 'hello' } })],
    ['a streamed turn', () => gateway.fetch('/api/chat', { json: { message: 'hello', stream: true } })],
    ['a message to the webhook', () => gateway.fetch('/webhook', { json: { message: 'hello' } })],
    [
      'a chat completion of the agent, streamed',
      () =>
        gateway.fetch('/v1/chat/completions', {
          json: { model: 'zeroclaw', messages: [{ role: 'user', content: 'hello' }], stream: true },
        }),
    ],
  ])('is the same at every door: %s', async (_, ask) => {
    await start(PRICES);

    expect(await (await ask()).text()).toContain('Hi');

    const cost = await gateway.cost();
    expect(cost).toMatchObject({
      session_cost_usd: ONE_CALL,
      daily_cost_usd: ONE_CALL,
      monthly_cost_usd: ONE_CALL,
      total_tokens: 1100,
      request_count: 1,
      by_model: {
        'upstream/gpt-test': {
          model: 'upstream/gpt-test',
          cost_usd: ONE_CALL,
          total_tokens: 1100,
          request_count: 1,
        },
      },
    });
    expect(cost.by_day).toEqual([
      expect.objectContaining({ cost_usd: ONE_CALL, request_count: 1, estimated_count: 0 }),
    ]);
  });
});
