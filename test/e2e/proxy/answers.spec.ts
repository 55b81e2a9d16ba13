import { setTimeout as wait } from 'node:timers/promises';
import { end, pieces } from '../../support/chat-upstream';
import { refusal } from '../../support/chat-socket';
import { describeBehindEach } from '../../support/proxies';
import { startProxied } from '../../support/proxied-gateway';
import type { ProxiedGateway } from '../../support/proxied-gateway';
import { until } from '../../support/until';

const MEGABYTE = 1_048_576;

async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    yield Buffer.alloc(MEGABYTE, ' ');
    await wait(1);
  }
}

describeBehindEach('what the gateway answers through', (name) => {
  let proxied: ProxiedGateway;
  beforeAll(async () => {
    proxied = await startProxied(name, { toml: 'webhook_rate_limit_per_minute = 0\n' });
  });
  afterAll(() => proxied.stop());

  it.each([
    ['/api/chat', true, 1],
    ['/api/chat', false, 1],
    ['/api/chat', false, 20],
    ['/v1/chat/completions', true, 1],
    ['/v1/chat/completions', false, 20],
  ])('says itself that a body is too large: %s, HTTP/2 %s, %s MB', async (path, http2, size) => {
    for (let i = 0; i < 5; i++) {
      const json = { message: ' '.repeat(size * MEGABYTE), model: 'host/m', messages: [] };
      const response = await proxied.client({ http2 }).call(path, { json });
      expect([response.status, response.headers.get('content-type')]).toEqual([413, 'application/json; charset=utf-8']);
      expect(await response.text()).toMatch(/request.too_large|context_length|too_large/);
    }
  });

  it.each([true, false])('says it of a body whose length nobody has announced, HTTP/2 %s', async (http2) => {
    const headers = { 'Content-Type': 'application/json' };
    const call = { method: 'POST', headers, body: megabytes(20) };
    const response = await proxied.client({ http2 }).call('/api/chat', call);
    expect([response.status, await response.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'request.too_large' }),
    ]);
  });

  it('keeps errors as they are', async () => {
    const response = await proxied.client().call('/api/nothing');
    expect([response.status, await response.json()]).toEqual([
      404,
      expect.objectContaining({ code: 'request.not_found', request_id: response.headers.get('x-request-id') }),
    ]);
  });

  it('serves the dashboard and its files', async () => {
    const client = proxied.client();
    const page = await client.call('/', { headers: { Accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    const scripts = [...html.matchAll(/(?:src|href)="(\/_app\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    for (const path of scripts) {
      const file = await client.call(path, { headers: { 'Accept-Encoding': 'gzip' } });
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, expect.stringContaining('immutable')]);
      expect((await file.text()).length).toBeGreaterThan(0);
    }
  });
});

describeBehindEach('a gateway that stops behind', (name) => {
  it('finishes what runs, answers 503 to what is new, and closes its sockets with 1012', async () => {
    const { promise: held, resolve: go } = Promise.withResolvers<void>();
    const proxied = await startProxied(name, {
      answer: () => async (stream) => {
        await held;
        stream.end(pieces('The whole answer') + end());
      },
    });
    try {
      const client = proxied.client();
      const [idle, busy] = [await client.socket({ session: 'idle' }), await client.socket({ session: 'busy' })];
      busy.send({ type: 'message', content: 'Tell me' });
      await until(() => proxied.upstream.requests.length === 1);
      const stopped = proxied.gateway.stop();
      expect(await idle.whenClosed()).toMatchObject({ code: 1012 });

      const refused = await client.call('/api/chat', { json: { message: 'Hello' } });
      expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
        503,
        expect.stringMatching(/^\d+$/),
        expect.objectContaining({ code: 'gateway.draining' }),
      ]);
      expect((await client.call('/health/ready')).status).toBe(503);
      const handshake = await refusal(client.url, { token: proxied.token, rejectUnauthorized: false });
      expect([handshake.status, JSON.parse(handshake.body)]).toEqual([
        503,
        expect.objectContaining({ code: 'gateway.draining' }),
      ]);

      go();
      expect(await busy.ended()).toMatchObject({ type: 'done', full_response: 'The whole answer' });
      expect(await busy.whenClosed()).toEqual({ code: 1012, reason: 'the gateway is restarting; connect again' });
      await stopped;
    } finally {
      go();
      await proxied.stop();
    }
  });
});
