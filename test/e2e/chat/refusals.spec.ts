import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';

const INVALID = 'Invalid JSON body. Expected: {"message": "..."}';
const DOORS = ['/webhook', '/api/chat'] as const;
const EMPTY = {
  '/webhook': 'The `message` field is required and must be a non-empty string.',
  '/api/chat': 'Message cannot be empty',
};

describe.each(DOORS)('%s refuses', (door) => {
  let gateway: GatewayUnderTest;
  let upstream: RawUpstream;
  beforeAll(async () => {
    upstream = await startRawUpstream((response) => void response.writeHead(500).end());
    gateway = await startGateway({
      toml: `default_provider = "custom:${upstream.url}/v1"\ndefault_model = "m"\n[gateway]\nwebhook_rate_limit_per_minute = 0\n`,
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });
  // Whatever is refused never reaches the model.
  afterEach(() => expect(upstream.requests).toEqual([]));

  const post = (body: string, headers: Record<string, string> = { 'Content-Type': 'application/json' }) =>
    gateway.fetch(door, { method: 'POST', body, headers });

  it.each([
    ['broken JSON', '{"message": "x"'],
    ['an array', '["x"]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['a message that is a number', '{"message": 5}'],
    ['a message that is null', '{"message": null}'],
  ])('%s', async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: INVALID, code: expect.stringMatching(/^request\.invalid_/) });
  });

  it('another content type', async () => {
    const response = await post('{"message":"x"}', { 'Content-Type': 'text/plain' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: INVALID, code: 'request.invalid_json' });
  });

  it.each(['', '{}', '{"message":""}', '{"message":" \\n\\t "}'])('an empty message %s', async (body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: EMPTY[door],
      code: 'request.invalid_field',
      field: 'message',
    });
  });

  it.each([
    ['{"message":"x","stream":"yes"}', 'request.invalid_field', 'stream'],
    ['{"message":"x","session_id":7}', 'request.invalid_field', 'session_id'],
    ['{"message":"x","session_id":"a b"}', 'session.invalid_id', 'session_id'],
    [`{"message":"x","session_id":"${'s'.repeat(257)}"}`, 'session.invalid_id', 'session_id'],
    ['{"message":"x","stream":true,"session_id":"a?b"}', 'session.invalid_id', 'session_id'],
  ])('wrong fields %s', async (body, code, field) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining(field), code, field });
  });

  it('a body over 64 KiB', async () => {
    const response = await post(JSON.stringify({ message: 'x'.repeat(65_536) }));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'request.too_large' });
  });

  it.each([undefined, 'Bearer nonsense', 'bearer x', 'Basic eA=='])(
    'callers with the authorization %s',
    async (authorization) => {
      const headers = { 'Content-Type': 'application/json', ...(authorization && { Authorization: authorization }) };
      const response = await fetch(gateway.url + door, { method: 'POST', headers, body: '{"message":"x"}' });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        error: 'Unauthorized — pair first via POST /pair, then send Authorization: Bearer <token>',
        code: 'auth.invalid_token',
      });
    },
  );

  it('says who may not call before it says what is wrong with the body', async () => {
    const response = await fetch(gateway.url + door, { method: 'POST', body: '{' });
    expect(response.status).toBe(401);
  });

  it('other methods', async () => {
    const response = await gateway.fetch(door, { method: 'PUT', body: '{}' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toContain('POST');
  });
});

it('/api/chat refuses context that is no list of strings', async () => {
  const gateway = await startGateway();
  try {
    for (const context of ['x', [1], { a: 'b' }]) {
      const response = await gateway.fetch('/api/chat', { json: { message: 'x', context } });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        field: 'context',
        error: expect.stringContaining('array of strings'),
      });
    }
  } finally {
    await gateway.stop();
  }
});

it('both doors share one budget and answer 429 with the time to wait', async () => {
  const gateway = await startGateway({ toml: '[gateway]\nwebhook_rate_limit_per_minute = 2\n' });
  try {
    await gateway.fetch('/webhook', { json: { message: 'x' } });
    await gateway.fetch('/api/chat', { json: { message: 'x' } });
    for (const [door, word] of [
      ['/webhook', 'webhook'],
      ['/api/chat', 'chat'],
    ] as const) {
      const response = await gateway.fetch(door, { json: { message: 'x' } });
      expect(response.status).toBe(429);
      const wait = Number(response.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({
        error: `Too many ${word} requests. Please retry later.`,
        code: 'rate_limit.exceeded',
        retry_after: wait,
      });
    }
  } finally {
    await gateway.stop();
  }
});
