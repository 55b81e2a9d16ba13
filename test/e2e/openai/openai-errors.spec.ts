import { connect } from 'node:net';
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { startMockModels } from '../../support/upstream';
import type { MockModels } from '../../support/upstream';
import { startOpenAiGateway } from './openai-gateway';
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

const question = { model: 'upstream/gpt-test', messages: [{ role: 'user' as const, content: 'hi' }] };
const send = (body: string, headers: Record<string, string> = {}) =>
  gateway.fetch('/v1/chat/completions', { method: 'POST', body, headers });

describe('what is wrong with a request', () => {
  it.each([
    ['broken JSON', '{"messages":', 'invalid_json', null],
    ['no JSON', 'hello', 'invalid_json', null],
    ['nothing', '', 'invalid_json', null],
    ['a list', '[]', 'invalid_json', null],
    ['no messages', '{}', 'invalid_messages', 'messages'],
    ['empty messages', '{"messages":[]}', 'invalid_messages', 'messages'],
    ['no user message', '{"messages":[{"role":"system","content":"x"}]}', 'invalid_messages', 'messages'],
    ['a blank user message', '{"messages":[{"role":"user","content":" "}]}', 'invalid_messages', 'messages'],
    ['a faulty message', '{"messages":[{"role":"user","content":7}]}', 'invalid_messages', 'messages[0].content'],
    ['an unknown field', '{"messages":[{"role":"user","content":"x"}],"wat":1}', 'unknown_parameter', 'wat'],
    [
      'a field that the agent cannot honour',
      '{"messages":[{"role":"user","content":"x"}],"n":2}',
      'unsupported_parameter',
      'n',
    ],
    ['a wrong type', '{"messages":[{"role":"user","content":"x"}],"temperature":"hot"}', 'invalid_type', 'temperature'],
  ])('is told in the shape of the API: %s', async (_, body, code, param) => {
    const response = await send(body);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: {
        type: 'invalid_request_error',
        code,
        param,
        message: expect.stringMatching(/.{10,}/),
        request_id: response.headers.get('x-request-id'),
      },
    });
    expect(await models.requests()).toEqual([]);
  });

  it('does not depend on the content type', async () => {
    await models.answer({ match: { userMessage: 'hi' }, response: { content: 'ok' } });

    expect((await send(JSON.stringify(question), { 'Content-Type': 'text/plain' })).status).toBe(200);
  });

  it('leaves the idempotency key free', async () => {
    await models.answer({ match: { userMessage: 'hi' }, response: { content: 'ok' } });
    const headers = { 'Idempotency-Key': 'burnt' };

    expect((await send('{', headers)).status).toBe(400);
    expect((await send(JSON.stringify(question), headers)).status).toBe(200);
  });

  it.each([
    ['announced', (body: string) => `Content-Length: ${body.length}\r\n\r\n`],
    [
      'chunked',
      (body: string) => `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
  ])('is told when it is too large: %s', async (_, rest) => {
    const reply = await exchange(rest('x'.repeat(524_289)));

    expect(reply).toMatch(/^HTTP\/1\.1 413 /);
    expect(reply).toContain('"code":"request_too_large"');
    expect(reply).toContain('524289');
    expect(reply).toContain('524288');
  });

  it('is told when it is compressed', async () => {
    const response = await send('x', { 'Content-Encoding': 'gzip' });

    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'unsupported_media_type' },
    });
  });

  it('does not matter any more when the client has left', async () => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(head('Content-Length: 100\r\n\r\n{"messages'));
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();

    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    expect(await models.requests()).toEqual([]);
  });

  it('includes history of 300 KB without complaint', async () => {
    await models.answer({ match: { userMessage: 'hi' }, response: { content: 'ok' } });
    const messages = [{ role: 'user' as const, content: 'x'.repeat(300_000) }, ...question.messages];

    const { choices } = await gateway.client.chat.completions.create({ ...question, messages });
    expect(choices[0]?.message.content).toBe('ok');
  });
});

describe('the errors that the SDK raises', () => {
  const create = (options: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}, client = gateway.client) =>
    client.chat.completions.create({ ...question, ...options });

  it('AuthenticationError for a wrong token', async () => {
    const stranger = new OpenAI({ apiKey: 'zcl_live_wrong', baseURL: `${gateway.url}/v1`, maxRetries: 0 });

    const error = await failure(create({}, stranger));

    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
    await expect(failure(stranger.models.list())).resolves.toBeInstanceOf(AuthenticationError);
  });

  it('NotFoundError for a model that does not exist, naming those that do', async () => {
    const error = await failure(create({ model: 'gpt-none' }));

    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
    expect((error as Error).message).toContain("'zeroclaw', 'upstream/gpt-test'");
  });

  it('BadRequestError that names the field', async () => {
    const error = await failure(create({ model: 'zeroclaw', logprobs: true }));

    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'logprobs' });
  });

  it.each([
    [429, 'rate_limit_exceeded', RateLimitError, 429],
    [500, 'provider_error', InternalServerError, 502],
    [401, 'provider_error', InternalServerError, 502],
    [404, 'model_not_found', NotFoundError, 404],
    [400, 'provider_error', BadRequestError, 400],
  ])('for an upstream that answers %i', async (status, code, type, told) => {
    for (const stream of [false, true]) {
      await models.failNext(status, { message: `no: sk-upstream-secret` });

      const error = await failure(gateway.client.chat.completions.create({ ...question, stream }));

      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ status: told, code });
      expect((error as Error).message).not.toContain('sk-upstream-secret');
    }
  });

  it('RateLimitError with the time to wait when the budget is used up', async () => {
    const limited = await startOpenAiGateway(models.url, 'webhook_rate_limit_per_minute = 1');
    try {
      await models.answer({ match: { userMessage: 'hi' }, response: { content: 'ok' } });
      await create({}, limited.client);

      const error = await failure(create({}, limited.client));

      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({
        code: 'rate_limit_exceeded',
        type: 'rate_limit_error',
        message: expect.stringContaining('Rate limit exceeded. Please retry later.'),
      });
      const wait = Number((error as RateLimitError).headers?.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(61);
    } finally {
      await limited.stop();
    }
  });

  it('PermissionDeniedError for a token that may only look', async () => {
    const issued = await gateway.fetch('/api/pairing/codes', { json: { scopes: ['read'] } });
    const { code } = (await issued.json()) as { code: string };
    const paired = await fetch(`${gateway.url}/pair`, { method: 'POST', headers: { 'X-Pairing-Code': code } });
    const { token } = (await paired.json()) as { token: string };
    const reader = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

    await expect(failure(create({}, reader))).resolves.toBeInstanceOf(PermissionDeniedError);
    await expect(reader.models.list()).resolves.toMatchObject({ object: 'list' });
  });

  it('none when nothing is wrong but the method', async () => {
    const response = await gateway.fetch('/v1/chat/completions');

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'method_not_allowed' },
    });
  });
});

async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call succeeded');
}

function head(rest: string): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.token}\r\n${rest}`;
}

/** Sends raw bytes and resolves with everything that comes back until the gateway closes. */
function exchange(rest: string): Promise<string> {
  const { port, hostname } = new URL(gateway.url);
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(Number(port), hostname);
    socket.on('data', (data) => (reply += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(reply));
    socket.write(head(rest));
  });
}
