import { once } from 'node:events';
import { RequestTracker } from '../../src/platform/http/request-tracker';
import { startGateway } from '../support/gateway';
import type { GatewayUnderTest } from '../support/gateway';
import { exchange, openSocket } from '../support/raw-http';
import { until } from '../support/until';

let gateway: GatewayUnderTest;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const CODES = '/api/pairing/codes';

describe('requests that arrive together', () => {
  test('keep their own ids, also in what is noted about them', async () => {
    const ids = ['one', 'two', 'three', 'four', 'five'];
    const token = await gateway.pair();
    const sockets = await Promise.all(ids.map(() => openSocket(gateway.url)));
    // Until a connection has been answered once, it may not have been accepted.
    for (const socket of sockets) {
      socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
    }
    const head = `POST ${CODES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n`;
    const body = 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
    for (const [index, socket] of sockets.entries()) socket.write(`${head}X-Request-Id: ${ids[index]}\r\n${body}`);
    const answers = await Promise.all(sockets.map((socket) => socket.setEncoding('utf8').toArray()));
    expect(answers.map((pieces) => /x-request-id: (\w+)/i.exec(pieces.join(''))?.[1])).toEqual(ids);
    const audit = await gateway.fetch('/api/audit?type=pairing.code_issued');
    const { entries } = (await audit.json()) as { entries: { request_id: string }[] };
    expect(entries.map(({ request_id: id }) => id)).toEqual(expect.arrayContaining(ids));
  });

  test('leave nothing behind when their clients are gone at once', async () => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] });
    const head = `Host: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const sockets = await Promise.all(Array.from({ length: 40 }, () => openSocket(gateway.url)));
    for (const [index, socket] of sockets.entries()) {
      const path = ['/v1/chat/completions', '/api/chat', '/nowhere'][index % 3];
      socket.write(`POST ${path} HTTP/1.1\r\n${head}${body}`, () => socket.resetAndDestroy());
    }
    const tracker = gateway.get(RequestTracker);
    await until(() => sockets.every(({ closed }) => closed) && tracker.inFlight === 0);
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  });
});

describe('every answer', () => {
  test.each([
    ['a hit', '/health', 200],
    ['a miss', '/nowhere', 404],
    ['no token', '/api/pairing/devices', 401],
  ])('carries the security headers and a request id: %s', async (_case, path, status) => {
    const response = await fetch(gateway.url + path);
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'x-xss-protection': '0',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(response.headers.has('x-powered-by')).toBe(false);
    expect(response.headers.has('etag')).toBe(false);
  });

  test('keeps a sane request id of the caller, in header and body, and no other', async () => {
    const kept = await fetch(`${gateway.url}/nowhere`, { headers: { 'X-Request-Id': 'trace-1.a:b' } });
    expect(kept.headers.get('x-request-id')).toBe('trace-1.a:b');
    expect(await kept.json()).toMatchObject({ request_id: 'trace-1.a:b' });
    const replaced = await fetch(`${gateway.url}/nowhere`, { headers: { 'X-Request-Id': 'a b<script>' } });
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('errors are JSON with a stable code', () => {
  test('an unknown path', async () => {
    const response = await fetch(`${gateway.url}/api/typo`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: 'There is nothing at /api/typo',
      code: 'request.not_found',
      request_id: response.headers.get('x-request-id'),
    });
  });

  test('the dashboard, asked for by what is no browser', async () => {
    const response = await fetch(gateway.url);
    expect([response.status, await response.json()]).toMatchObject([404, { code: 'request.not_found' }]);
  });

  test('an unknown path under /v1 speaks OpenAI', async () => {
    const response = await fetch(`${gateway.url}/v1/typo`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'not_found', param: null },
    });
  });

  test('a known path with the wrong method names the right ones', async () => {
    const response = await fetch(`${gateway.url}/health`, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await response.json()).toMatchObject({ code: 'request.method_not_allowed' });
  });

  test('HEAD is answered like GET, without a body', async () => {
    const response = await fetch(`${gateway.url}/health`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test.each(['/api/runs/%00', '/api/sessions?owner=a%00b', '/v1/models/%00', '/%00'])(
    'a NUL in the address, which no database takes: %s',
    async (path) => {
      const response = await gateway.fetch(path);
      expect(response.status).toBe(400);
      expect(JSON.stringify(await response.json())).toContain('NUL');
    },
  );

  test('broken JSON', async () => {
    const response = await gateway.fetch(CODES, {
      method: 'POST',
      body: '{"name":',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'request.invalid_json',
      error: expect.stringMatching(/not valid JSON/),
    });
  });

  test.each(['[]', '"text"', '7', 'null'])('JSON that is not an object: %s', async (body) => {
    const response = await gateway.fetch(CODES, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'request.invalid_json' });
  });

  test('another content type', async () => {
    const response = await gateway.fetch(CODES, {
      method: 'POST',
      body: 'name=x',
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ code: 'request.unsupported_media_type' });
  });

  test('too large, before anybody asks who is calling', async () => {
    const response = await fetch(gateway.url + CODES, {
      method: 'POST',
      body: JSON.stringify({ name: 'x'.repeat(70_000) }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      code: 'request.too_large',
      error: 'The request body exceeds 65536 bytes',
    });
  });

  test('who is calling comes before what was sent', async () => {
    const response = await fetch(gateway.url + CODES, {
      method: 'POST',
      body: '{',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('a field of the wrong type is named', async () => {
    const response = await gateway.fetch(CODES, { json: { name: 7 } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'request.invalid_field', field: 'name' });
  });

  test('bytes that are not HTTP', async () => {
    const answer = await exchange(gateway.url, 'NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"request.malformed"');
  });

  test('headers without end', async () => {
    const answer = await exchange(
      gateway.url,
      `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"request.headers_too_large"');
  });

  test('a body that is cut off leaves the gateway well', async () => {
    const token = await gateway.pair();
    const socket = await openSocket(gateway.url);
    socket.write(
      `POST ${CODES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`,
    );
    socket.destroy();
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  });
});

describe('limits', () => {
  let limited: GatewayUnderTest;
  beforeAll(async () => {
    limited = await startGateway({
      toml: '[gateway]\npair_rate_limit_per_minute = 2\ntrust_forwarded_headers = true\ntrusted_proxies = ["10.0.0.0/8"]\n',
    });
  });
  afterAll(() => limited.stop());

  const pairFrom = (client: string) =>
    fetch(`${limited.url}/pair`, {
      method: 'POST',
      headers: { 'X-Forwarded-For': client, 'X-Pairing-Code': 'WRON-GCDE' },
    });

  test('the budget is told, and the third attempt of a minute waits', async () => {
    const first = await pairFrom('203.0.113.1');
    expect(first.status).toBe(403);
    expect(first.headers.get('ratelimit-policy')).toBe('"pair";q=2;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"pair";r=1;t=\d+$/);
    await pairFrom('203.0.113.1');
    const third = await pairFrom('203.0.113.1');
    expect(third.status).toBe(429);
    const seconds = Number(third.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(61);
    expect(await third.json()).toMatchObject({
      error: 'Too many pairing requests. Please retry later.',
      code: 'rate_limit.exceeded',
      retry_after: seconds,
    });
  });

  test('other clients are not touched, and a forged left-most hop is no other client', async () => {
    expect((await pairFrom('203.0.113.2')).status).toBe(403);
    expect((await pairFrom('8.8.8.8, 203.0.113.2')).status).toBe(403);
    expect((await pairFrom('9.9.9.9, 203.0.113.2')).status).toBe(429);
  });
});

describe('/metrics', () => {
  let measured: GatewayUnderTest;
  beforeAll(async () => {
    measured = await startGateway();
  });
  afterAll(() => measured.stop());

  test('is there for this machine, valid and with closed labels', async () => {
    await fetch(`${measured.url}/some/secret/path?token=x`);
    const response = await fetch(`${measured.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const line of text.split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_0-9]+ .+|zeroclaw_[a-z_0-9]+(\{([a-z_]+="[^"]*",?)+\})? (-?[\d.e+-]+|Nan|NaN|\+Inf)|)$/,
      );
    }
    expect(text).toContain('zeroclaw_http_requests_total{method="GET",route="unmatched",status="404"}');
    expect(text).not.toContain('secret');
    expect(text).toMatch(/zeroclaw_build_info\{version="[\d.]+",node="v24[\d.]+"\} 1/);
    expect(text).toContain('zeroclaw_nodejs_eventloop_lag_seconds');
    expect(text).toContain('zeroclaw_process_resident_memory_bytes');
  });

  test('needs a token as soon as a proxy is in front', async () => {
    const headers = { 'X-Forwarded-For': '127.0.0.1' };
    expect((await fetch(`${measured.url}/metrics`, { headers })).status).toBe(401);
    expect((await measured.fetch('/metrics', { headers })).status).toBe(200);
  });
});

describe('pairing off', () => {
  let open: GatewayUnderTest;
  beforeAll(async () => {
    open = await startGateway({ toml: '[gateway]\nrequire_pairing = false\n' });
  });
  afterAll(() => open.stop());

  test('this machine is served, anybody behind a proxy is not, whatever it claims', async () => {
    expect((await fetch(`${open.url}/api/pairing/devices`)).status).toBe(200);
    const forged = await fetch(`${open.url}/api/pairing/devices`, { headers: { 'X-Forwarded-For': '127.0.0.1' } });
    expect(forged.status).toBe(401);
    expect(await forged.json()).toMatchObject({ code: 'auth.local_only' });
  });

  /** `fetch` writes `Host` itself. */
  const asked = async (path: string, headers: string) => {
    const answer = await exchange(
      open.url,
      `POST ${path} HTTP/1.1\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    return [/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1], /"code":"([^"]+)"/.exec(answer)?.[1]];
  };

  test.each(['localhost:42617', '127.0.0.1', '[::1]:42617', 'gateway.localhost:1', 'LOCALHOST'])(
    'this machine may be called %s',
    async (host) => {
      expect((await asked('/api/doctor', `Host: ${host}\r\n`))[0]).toBe('200');
    },
  );

  test('a page that has made its own name point to this machine gets nothing', async () => {
    for (const path of ['/api/doctor', '/api/pairing/codes', '/webhook', '/v1/chat/completions', '/mcp']) {
      const [status] = await asked(path, 'Host: evil.example:42617\r\n');
      expect([path, status]).toEqual([path, '401']);
    }
    const metrics = await exchange(
      open.url,
      'GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(metrics).toMatch(/^HTTP\/1\.1 401 /);
    const named = await exchange(
      open.url,
      'GET /api/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(named).toContain('http://127.0.0.1');
  });

  test.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'http://127.0.0.1.evil.example'])(
    'a form of a page from %s is refused',
    async (origin) => {
      const headers = `Host: localhost\r\nOrigin: ${origin}\r\n`;
      for (const path of ['/api/pairing/codes', '/api/doctor', '/webhook', '/v1/chat/completions', '/mcp']) {
        expect([path, ...(await asked(path, headers))]).toEqual([
          path,
          '403',
          path.startsWith('/v1') ? 'foreign_page' : 'auth.foreign_page',
        ]);
      }
    },
  );

  test('pages of this machine are served', async () => {
    const headers = { Origin: 'http://localhost:5173' };
    expect((await fetch(`${open.url}/api/status`, { headers })).status).toBe(200);
  });
});

test('guessing tokens is slowed down, a valid token is not', async () => {
  const guess = () =>
    fetch(`${gateway.url}/api/pairing/devices`, {
      headers: { Authorization: 'Bearer zc_wrong', 'X-Forwarded-For': '198.51.100.1' },
    });
  const statuses: number[] = [];
  for (let i = 0; i < 130; i++) statuses.push((await guess()).status);
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect((await gateway.fetch('/api/pairing/devices')).status).toBe(200);
});

describe('/health', () => {
  test('says that nothing is paired and that the echo model answers', async () => {
    const fresh = await startGateway();
    const health = (await (await fetch(`${fresh.url}/health`)).json()) as Record<string, unknown>;
    await fresh.stop();
    expect(health).toMatchObject({
      status: 'ok',
      paired: false,
      require_pairing: true,
      warnings: [expect.stringMatching(/echo model answers.*OPENAI_API_KEY/)],
      runtime: { pid: process.pid, components: { gateway: { status: 'ok', last_error: null, restart_count: 0 } } },
    });
  });

  test('is ready while the database answers', async () => {
    const ready = await fetch(`${gateway.url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ state: 'ready', components: { database: { status: 'ok' } } });
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  });

  test('the status behind the bearer tells the port that was bound', async () => {
    expect(await (await gateway.fetch('/api/status')).json()).toMatchObject({
      provider: 'echo',
      model: 'echo',
      temperature: null,
      memory_backend: 'sqlite',
      gateway_port: Number(new URL(gateway.url).port),
      paired: true,
      locale: 'en',
      channels: { WhatsApp: false, GitHub: false, Linq: false, 'Nextcloud Talk': false },
    });
  });
});
