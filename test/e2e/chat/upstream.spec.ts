import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { chunk, openStream, sse, startMockModels, startRawUpstream } from '../../support/upstream';
import type { MockModels, RawUpstream } from '../../support/upstream';

const toml = (base: string) =>
  `default_provider = "custom:${base}/v1"\ndefault_model = "m"\napi_key = "test-key"\n` +
  '[reliability]\nprovider_retries = 0\n[gateway]\nwebhook_rate_limit_per_minute = 0\n';

describe('a conversation with a mock of the vendors', () => {
  let models: MockModels;
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    models = await startMockModels();
    gateway = await startGateway({ toml: toml(models.url) });
  });
  afterAll(async () => {
    await gateway.stop();
    await models.stop();
  });
  beforeEach(() => models.reset());

  const spoken = async () => {
    const bodies = (await models.requests()).map(
      ({ body }) => body as { messages: { role: string; content: string }[] },
    );
    return bodies.map(({ messages }) => messages.filter(({ role }) => role !== 'system').map(({ content }) => content));
  };

  it.each(['/webhook', '/api/chat'])('%s sends what was said before in the session along', async (door) => {
    await models.answer(
      { match: { userMessage: 'I am Ada' }, response: { content: 'Nice to meet you, Ada.' } },
      { match: { userMessage: 'Who am I?' }, response: { content: 'You are Ada.' } },
    );
    const session = `memory${door.replace('/api/', '-')}`.replace('/', '-');
    await gateway.fetch(door, { json: { message: 'I am Ada', session_id: session } });
    const second = await gateway.fetch(door, { json: { message: 'Who am I?', session_id: session } });
    expect(await second.text()).toContain('You are Ada.');
    expect(await spoken()).toEqual([['I am Ada'], ['I am Ada', 'Nice to meet you, Ada.', 'Who am I?']]);
  });

  it.each([
    [true, true],
    [false, false],
  ])('asks the vendor to stream only for a client that streams: %s', async (stream, asked) => {
    await models.answer({ match: { userMessage: 'in which form?' }, response: { content: 'In this one.' } });
    const response = await gateway.fetch('/api/chat', { json: { message: 'in which form?', stream } });
    expect(await response.text()).toContain('In this one.');
    const [request] = await models.requests();
    expect(request?.body['stream']).toBe(asked);
    expect(request?.body['stream_options']).toEqual(asked ? { include_usage: true } : undefined);
  });

  it('keeps the session of one token from another', async () => {
    await models.answer(
      { match: { userMessage: /.*/.source }, response: { content: 'ok' } },
      { match: {}, response: { content: 'ok' } },
    );
    const other = await gateway.pair();
    await gateway.fetch('/api/chat', { json: { message: 'my secret plan', session_id: 'shared' } });
    await gateway.fetch('/api/chat', { json: { message: 'what plan?', session_id: 'shared' }, token: other });
    expect((await spoken()).at(-1)).toEqual(['what plan?']);
  });

  it.each([
    [401, 502, 'provider.auth'],
    [429, 429, 'provider.rate_limit'],
    [500, 502, 'provider.server'],
  ])('a %i of the vendor becomes a clear error', async (status, expected, code) => {
    for (const [door, stream] of [
      ['/webhook', false],
      ['/webhook', true],
      ['/api/chat', false],
      ['/api/chat', true],
    ] as const) {
      await models.failNext(status, { message: 'key test-key is bad' });
      const response = await gateway.fetch(door, { json: { message: 'x', stream, session_id: `err-${status}` } });
      expect(response.status).toBe(expected);
      const body = (await response.json()) as Record<string, unknown>;
      expect(body).toMatchObject({ code, error: expect.any(String), request_id: response.headers.get('x-request-id') });
      expect(JSON.stringify(body)).not.toContain('test-key');
    }
    await models.answer({ match: {}, response: { content: 'ok' } });
    await gateway.fetch('/api/chat', { json: { message: 'after', session_id: `err-${status}` } });
    expect((await spoken()).at(-1)).toEqual(['after']);
  });

  it('a failed answer frees the idempotency key, a good one is replayed', async () => {
    const headers = { 'Idempotency-Key': 'order-1' };
    const json = { message: 'order one pizza' };
    await models.failNext(500);
    expect((await gateway.fetch('/api/chat', { json, headers })).status).toBe(502);
    await models.answer({ match: { userMessage: 'order one pizza' }, response: { content: 'Ordered.' } });
    const first = await gateway.fetch('/api/chat', { json, headers });
    const again = await gateway.fetch('/api/chat', { json, headers });
    expect(await again.text()).toBe(await first.text());
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await spoken()).toHaveLength(2);
  });
});

describe('an upstream that the test holds in its hand', () => {
  let upstream: RawUpstream;
  let gateway: GatewayUnderTest;
  let answering: (response: ServerResponse) => void;
  beforeAll(async () => {
    upstream = await startRawUpstream((response) => answering(openStream(response)));
    gateway = await startGateway({ toml: toml(upstream.url) });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  /** The response of the next call to the upstream, its head sent. */
  const nextCall = () => new Promise<ServerResponse>((resolve) => (answering = resolve));

  async function* text(response: Response): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) yield decoder.decode(bytes as Uint8Array, { stream: true });
  }

  const readUntil = async (source: AsyncGenerator<string>, wanted: string) => {
    let seen = '';
    while (!seen.includes(wanted)) {
      const { value, done } = await source.next();
      if (done) throw new Error(`ended with ${seen}`);
      seen += value;
    }
    return seen;
  };

  it.each(['/webhook', '/api/chat'])('%s passes text on before the upstream has finished', async (door) => {
    const call = nextCall();
    const answer = gateway.fetch(door, { json: { message: 'x', stream: true } });
    const model = await call;
    model.write(sse(chunk({ content: 'first ' })));
    const source = text(await answer);
    expect(await readUntil(source, 'first')).not.toContain('second');
    model.write(sse(chunk({ content: 'second ' })));
    expect(await readUntil(source, 'second')).not.toContain('third');
    model.end(sse(chunk({ content: 'third' }), chunk({}, 'stop'), '[DONE]'));
    expect(await readUntil(source, door === '/webhook' ? '[DONE]' : 'event: done')).toContain('third');
  });

  it.each([
    ['/webhook', { stream: true }],
    ['/webhook', {}],
    ['/api/chat', { stream: true }],
    ['/api/chat', {}],
  ])('%s %j: a client that leaves ends the upstream call', async (door, fields) => {
    const call = nextCall();
    const client = new AbortController();
    const answer = gateway.fetch(door, {
      json: { message: 'x', session_id: 'gone', ...fields },
      signal: client.signal,
    });
    const left = answer.then(
      () => 'answered',
      (error: Error) => error.name,
    );
    const model = await call;
    model.write(sse(chunk({ content: 'word ' })));
    if ('stream' in fields) await readUntil(text(await answer), 'word');
    client.abort();
    await once(model, 'close');
    expect(model.writableFinished).toBe(false);
    expect(await left).toBe('stream' in fields ? 'answered' : 'AbortError');
  });

  it.each([
    ['/webhook', /"delta":"half ".*data: \{"error":"[^"]+","code":"provider\.cut"\}\n\ndata: \[DONE\]\n\n$/s],
    ['/api/chat', /event: text\n.*event: error\ndata: \{"error":"[^"]+","code":"provider\.cut"\}\n\n$/s],
  ])('%s tells within the stream that the upstream broke off', async (door, expected) => {
    const call = nextCall();
    const answer = gateway.fetch(door, {
      json: { message: 'x', stream: true },
      headers: { 'Idempotency-Key': `cut${door}` },
    });
    const model = await call;
    model.write(sse(chunk({ content: 'half ' }), chunk({ content: 'a' })));
    const response = await answer;
    const source = text(response);
    let seen = await readUntil(source, 'half');
    model.destroy();
    for await (const piece of source) seen += piece;
    expect(seen).toMatch(expected);
    expect(seen.match(/\[DONE\]/g) ?? []).toHaveLength(door === '/webhook' ? 1 : 0);

    const retry = nextCall();
    const again = gateway.fetch(door, {
      json: { message: 'x', stream: true },
      headers: { 'Idempotency-Key': `cut${door}` },
    });
    (await retry).end(sse(chunk({ content: 'whole' }), chunk({}, 'stop'), '[DONE]'));
    expect(await (await again).text()).toContain('whole');
  });

  it('takes a credential out that arrives in two pieces', async () => {
    const call = nextCall();
    const answer = gateway.fetch('/webhook', { json: { message: 'x', stream: true } });
    const model = await call;
    model.write(sse(chunk({ content: `Your key: ghp_${'a1'.repeat(9)}` })));
    model.end(sse(chunk({ content: `${'b2'.repeat(9)}, take care.` }), chunk({}, 'stop'), '[DONE]'));
    const seen = await (await answer).text();
    expect(seen).toContain('[REDACTED_API_KEY]');
    expect(seen).not.toMatch(/ghp_|a1a1|b2b2/);
  });

  it('lets the second turn of a session wait for the first', async () => {
    const firstCall = nextCall();
    const first = gateway.fetch('/api/chat', { json: { message: 'one', session_id: 'queue' } });
    const model = await firstCall;
    const before = upstream.requests.length;
    const second = gateway.fetch('/api/chat', { json: { message: 'two', session_id: 'queue' } });
    // A turn of another session that has come and gone shows that the second one would have been sent by now.
    const otherCall = nextCall();
    const other = gateway.fetch('/api/chat', { json: { message: 'other', session_id: 'other' } });
    (await otherCall).end(sse(chunk({ content: 'o' }), chunk({}, 'stop'), '[DONE]'));
    await other;
    expect(upstream.requests.length).toBe(before + 1);
    const secondCall = nextCall();
    model.end(sse(chunk({ content: 'eins' }), chunk({}, 'stop'), '[DONE]'));
    (await secondCall).end(sse(chunk({ content: 'zwei' }), chunk({}, 'stop'), '[DONE]'));
    expect(await (await first).json()).toMatchObject({ reply: 'eins' });
    expect(await (await second).json()).toMatchObject({ reply: 'zwei' });
    const { messages } = JSON.parse(upstream.requests.at(-1)?.body ?? '') as { messages: { content: string }[] };
    expect(messages.slice(1).map(({ content }) => content)).toEqual(['one', 'eins', 'two']);
  });
});
