import { startOpenAiGateway } from './openai-gateway';
import type { OpenAiGateway } from './openai-gateway';

let gateway: OpenAiGateway;

beforeAll(async () => {
  gateway = await startOpenAiGateway('http://127.0.0.1:9');
});
afterAll(() => gateway.stop());

describe('GET /v1/models', () => {
  it('lists the agent and the models that the configuration names', async () => {
    const { data } = await gateway.client.models.list();

    expect(data).toContainEqual({ id: 'zeroclaw', object: 'model', created: expect.any(Number), owned_by: 'zeroclaw' });
    expect(data).toContainEqual({
      id: 'upstream/gpt-test',
      object: 'model',
      created: expect.any(Number),
      owned_by: 'upstream',
    });
  });

  it.each([
    ['zeroclaw', 'zeroclaw'],
    ['upstream/gpt-test', 'upstream/gpt-test'],
    ['upstream%2Fgpt-test', 'upstream/gpt-test'],
    ['upstream/meta/llama-4%3Afree', 'upstream/meta/llama-4:free'],
  ])('retrieves /%s', async (path, id) => {
    const response = await gateway.fetch(`/v1/models/${path}`);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, object: 'model' });
  });

  it('retrieves with the SDK, which encodes the slash', async () => {
    await expect(gateway.client.models.retrieve('upstream/gpt-test')).resolves.toMatchObject({ owned_by: 'upstream' });
  });

  it.each(['nothing', 'nowhere/gpt-test'])('knows nothing of %s', async (id) => {
    await expect(gateway.client.models.retrieve(id)).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    });
  });

  it('asks for a token', async () => {
    const response = await fetch(`${gateway.url}/v1/models`);

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_api_key' } });
  });
});
