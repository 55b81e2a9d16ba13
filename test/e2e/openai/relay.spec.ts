import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { APIError } from 'openai';
import { chunk, openStream, sse, startRawUpstream } from '../../support/upstream';
import type { RawHandler, RawUpstream } from '../../support/upstream';
import { collect, startOpenAiGateway } from './openai-gateway';
import type { OpenAiGateway } from './openai-gateway';

let upstream: RawUpstream;
let gateway: OpenAiGateway;
let handle: RawHandler;

beforeAll(async () => {
  upstream = await startRawUpstream((response, request, body) => handle(response, request, body));
  gateway = await startOpenAiGateway(upstream.url);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const question = { model: 'upstream/gpt-test', messages: [{ role: 'user' as const, content: 'hi' }] };
const post = (json: object = question, init: RequestInit = {}) =>
  gateway.fetch('/v1/chat/completions', { json, ...init });
const stream = { ...question, stream: true as const };

describe('the bytes of the upstream', () => {
  it('reach the client as they are, without what concerns only the two of us', async () => {
    const odd = '{ "id" : "x","choices":[ {"index":0,"message":{"content":"\\u00fc 🦀"}} ],\n "new_field" : 1.0 }';
    handle = (response) => {
      response.setHeader('set-cookie', 'session=1');
      response.setHeader('openai-organization', 'the-operators');
      response.setHeader('x-ratelimit-remaining-tokens', '7');
      response.setHeader('x-request-id', 'req_up');
      response.writeHead(200, { 'content-type': 'application/json', connection: 'keep-alive' });
      response.end(odd);
    };

    const response = await post();

    expect(await response.text()).toBe(odd);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('7');
    expect(response.headers.get('x-upstream-request-id')).toBe('req_up');
    expect(response.headers.get('x-request-id')).not.toBe('req_up');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.has('set-cookie')).toBe(false);
    expect(response.headers.has('openai-organization')).toBe(false);
  });

  it('go up as the client wrote them, but for the model', async () => {
    handle = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    const body =
      '{ "messages": [{"role":"user","content":"\\u00e9h \\"model\\""}],\n "seed":12345678901234567890, "model": "upstream/gpt-test" }';

    await gateway.fetch('/v1/chat/completions', { method: 'POST', body });

    expect(upstream.requests.at(-1)?.body).toBe(body.replace('upstream/gpt-test', 'gpt-test'));
  });

  it('may be many', async () => {
    const large = JSON.stringify({ choices: [], audio: 'x'.repeat(5_000_000) });
    handle = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(large);

    const response = await post();

    expect(await response.text()).toBe(large);
  });

  it('of a stream reach the client as they are when it asks for the usage itself', async () => {
    const text = `: hi\n\n${sse(chunk({ content: 'a' }), { choices: [], usage: { prompt_tokens: 1 } }, '[DONE]')}`;
    handle = (response) => void openStream(response).end(text);

    const response = await post({ ...stream, stream_options: { include_usage: true } });

    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(await response.text()).toBe(text);
  });
});

describe('a stream', () => {
  it('arrives piece by piece, before the upstream has ended', async () => {
    const open = Promise.withResolvers<ServerResponse>();
    handle = (response) => open.resolve(openStream(response));
    const answer = await gateway.client.chat.completions.create(stream, {});
    const pieces = answer[Symbol.asyncIterator]();
    const upstreamSide = await open.promise;

    for (const content of ['one', 'two', 'three']) {
      upstreamSide.write(sse(chunk({ content })));
      expect((await pieces.next()).value?.choices[0]?.delta.content).toBe(content);
    }
    upstreamSide.end(sse(chunk({}, 'stop'), '[DONE]'));

    expect((await pieces.next()).value?.choices[0]?.finish_reason).toBe('stop');
    expect((await pieces.next()).done).toBe(true);
  });

  it.each([
    ['ends the connection', (response: ServerResponse) => void response.destroy()],
    ['ends politely too early', (response: ServerResponse) => void response.end()],
    [
      'breaks off within a frame',
      (response: ServerResponse) => response.write('data: {"id":"c1","cho', () => response.destroy()),
    ],
  ])('whose upstream %s ends in an error, not in success', async (_, breakOff) => {
    handle = (response) => void openStream(response).write(sse(chunk({ content: 'half' })), () => breakOff(response));

    const response = await post(stream);
    const text = await response.text();

    expect(text).toContain('half');
    expect(text).not.toContain('[DONE]');
    expect(JSON.parse(text.trim().split('\n').at(-1)?.replace('data: ', '') ?? '')).toMatchObject({
      error: {
        type: 'server_error',
        code: 'provider_error',
        param: null,
        message: expect.stringContaining('upstream'),
      },
    });
    const received: unknown[] = [];
    const read = async () => {
      for await (const piece of await gateway.client.chat.completions.create(stream)) received.push(piece);
    };
    await expect(read()).rejects.toBeInstanceOf(APIError);
    expect(received).toHaveLength(1);
  });

  it('whose upstream falls silent ends in an error', async () => {
    handle = (response) => void openStream(response).write(sse(chunk({ content: 'half' })));

    const text = await (await post(stream)).text();

    expect(text).toMatch(/half[^]*silent/);
    expect(text).not.toContain('[DONE]');
  });

  it('frees its idempotency key when it breaks off', async () => {
    handle = (response) => void openStream(response).write(sse(chunk({ content: 'half' })), () => response.destroy());
    const headers = { 'Idempotency-Key': 'cut-1' };
    await (await post(stream, { headers })).text();
    handle = (response) => void openStream(response).end(sse(chunk({ content: 'whole' }), '[DONE]'));

    expect(await (await post(stream, { headers })).text()).toContain('whole');
  });

  it('without [DONE] is complete when it says why it finished', async () => {
    handle = (response) => void openStream(response).end(sse(chunk({ content: 'a' }), chunk({}, 'stop')));

    const pieces = await collect(await gateway.client.chat.completions.create(stream));

    expect(pieces).toHaveLength(2);
  });

  it.each([
    ['a stream', { ...stream }, 'application/json'],
    ['an object', { ...question }, 'text/event-stream'],
    ['an object', { ...question }, 'text/plain'],
  ])('answered with something else than %s is a 502', async (_, body, type) => {
    handle = (response) => void response.writeHead(200, { 'content-type': type }).end('hello');

    const response = await post(body);

    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'provider_error' } });
  });

  it('waits for a slow reader instead of piling up', async () => {
    let written = 0;
    let blocked = false;
    handle = (response) => {
      const frame = sse(chunk({ content: 'x'.repeat(65_536) }));
      let timer: NodeJS.Timeout | undefined;
      const pour = () => {
        clearTimeout(timer);
        while (written++ < 1_000) if (!response.write(frame)) break;
        timer = setTimeout(() => (blocked = true), 500);
      };
      openStream(response)
        .on('drain', pour)
        .on('close', () => clearTimeout(timer));
      pour();
    };
    const body = JSON.stringify(stream);
    const { port, hostname } = new URL(gateway.url);
    const slow = connect(Number(port), hostname).pause();
    slow.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${gateway.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );

    await until(() => blocked);
    slow.destroy();

    expect(written).toBeLessThan(500);
    await until(() => upstream.open.size === 0 || [...upstream.open].every((socket) => socket.writableLength === 0));
  });
});

describe('a client that leaves', () => {
  it.each([
    ['before the answer has begun', () => undefined],
    [
      'in the middle of a stream',
      (response: ServerResponse) => void openStream(response).write(sse(chunk({ content: 'a' }))),
    ],
  ])('%s ends the upstream call at once', async (_, begin) => {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    handle = (response) => {
      begin(response);
      response.on('close', closed.resolve);
      arrived.resolve();
    };
    const leaving = new AbortController();
    const reading = post(stream, { signal: leaving.signal }).then((response) => response.text());
    await arrived.promise;

    leaving.abort();

    await expect(reading).rejects.toThrow();
    await closed.promise;
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
