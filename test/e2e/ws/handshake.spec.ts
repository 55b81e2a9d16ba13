import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { ChatSocket, HandshakeRefused, refusal } from '../../support/chat-socket';
import { pairWith } from '../../support/pairing-client';

describe('the handshake of /ws/chat', () => {
  let gateway: GatewayUnderTest;
  let token: string;
  beforeAll(async () => {
    gateway = await startGateway({
      toml: '[gateway.websocket]\nallowed_origins = ["https://chat.example.com"]\n',
    });
    token = await gateway.pair();
  });
  afterAll(() => gateway.stop());

  const encoded = () => [...token].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');

  it.each<[string, () => Parameters<typeof ChatSocket.open>[1], string]>([
    ['the Authorization header', () => ({ token }), ''],
    ['the sub-protocol, echoed when it is all that is offered', () => ({ protocols: [`bearer.${token}`] }), 'bearer'],
    ['the sub-protocol beside ours', () => ({ protocols: ['zeroclaw.v1', `bearer.${token}`] }), 'zeroclaw.v1'],
    ['the sub-protocol before ours', () => ({ protocols: [`bearer.${token}`, 'zeroclaw.v1'] }), 'zeroclaw.v1'],
    ['the query', () => ({ query: `token=${token}` }), ''],
    ['the query, URL-encoded', () => ({ query: `x=1&token=${encoded()}` }), ''],
    [
      'the query beside our sub-protocol',
      () => ({ query: `token=${token}`, protocols: ['zeroclaw.v1'] }),
      'zeroclaw.v1',
    ],
    ['the header, though the query has a wrong one', () => ({ token, query: 'token=wrong-token' }), ''],
  ])('takes the token from %s', async (_carrier, options, protocol) => {
    const chat = await ChatSocket.open(gateway.url, options());
    expect(await chat.history()).toEqual({ type: 'history', session_id: expect.any(String), messages: [] });
    expect(chat.socket.protocol.split('.', protocol === 'bearer' ? 1 : 2).join('.')).toBe(protocol);
    await chat.close();
  });

  it.each<[string, () => Parameters<typeof ChatSocket.open>[1]]>([
    ['no token', () => ({})],
    ['a wrong token', () => ({ token: 'zcl_live_wrong' })],
    [
      'a wrong token in the header, though a later carrier has a good one',
      () => ({ token: 'wrong-one', query: `token=${token}` }),
    ],
    [
      'a wrong sub-protocol, though the query has a good one',
      () => ({ protocols: ['bearer.wrong-one'], query: `token=${token}` }),
    ],
    ['a blank token', () => ({ query: 'token=%20' })],
  ])('answers 401 before the upgrade to %s', async (_what, options) => {
    const answer = await refusal(gateway.url, options());
    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      connection: 'close',
    });
    expect(JSON.parse(answer.body)).toEqual({
      error: expect.stringContaining('Sec-WebSocket-Protocol: bearer.<token>'),
      code: 'auth.invalid_token',
      request_id: answer.headers['x-request-id'],
    });
  });

  it('asks for the scope chat', async () => {
    const reader = await pairWith(gateway, { scopes: ['read'] });
    const answer = await refusal(gateway.url, { token: reader });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      403,
      expect.objectContaining({ code: 'auth.scope_missing' }),
    ]);
  });

  it.each<[string, string | undefined, boolean]>([
    ['the gateway itself', undefined, true],
    ['a page that the operator has listed', 'https://chat.example.com', true],
    ['a foreign page', 'https://evil.example', false],
    ['another port of the same machine', 'http://127.0.0.1:1', false],
    ['a sandboxed frame', 'null', false],
    ['something that is no origin', 'nonsense', false],
  ])('lets in the scripts of some pages: %s', async (_page, origin, welcome) => {
    const options = { token, headers: { Origin: origin ?? gateway.url } };
    if (welcome) {
      await (await ChatSocket.open(gateway.url, options)).close();
      return;
    }
    const answer = await refusal(gateway.url, options);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      403,
      expect.objectContaining({ code: 'socket.foreign_origin' }),
    ]);
  });

  it('joins the session of the query, or a new one', async () => {
    const named = await ChatSocket.open(gateway.url, { token, session: 'my.session:1' });
    expect(await named.history()).toMatchObject({ session_id: 'my.session:1' });
    const fresh = await ChatSocket.open(gateway.url, { token });
    expect(await fresh.history()).toMatchObject({ session_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    await Promise.all([named.close(), fresh.close()]);
    const answer = await refusal(gateway.url, { token, session: 'a%20b' });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      expect.objectContaining({ code: 'session.invalid_id', field: 'session_id' }),
    ]);
  });

  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<HandshakeRefused>((resolve, reject) => {
      const sent = request(`${gateway.url}${path}`, { method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
        response.once('end', () => resolve(new HandshakeRefused(response.statusCode ?? 0, response.headers, body)));
      });
      sent.once('upgrade', () => reject(new Error('it was upgraded')));
      sent.once('error', reject);
      sent.end();
    });
  const UPGRADE = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };

  it.each<[string, string, Record<string, string>, string, number, string]>([
    ['a plain GET', '/ws/chat', {}, 'GET', 426, 'socket.upgrade_required'],
    [
      'an offer of HTTP/2',
      '/ws/chat',
      { Connection: 'Upgrade', Upgrade: 'h2c' },
      'GET',
      426,
      'socket.upgrade_required',
    ],
    ['another method', '/ws/chat', UPGRADE, 'POST', 405, 'request.method_not_allowed'],
    ['another version', '/ws/chat', { ...UPGRADE, 'Sec-WebSocket-Version': '7' }, 'GET', 426, 'socket.version'],
    ['a broken key', '/ws/chat', { ...UPGRADE, 'Sec-WebSocket-Key': 'short' }, 'GET', 400, 'socket.handshake'],
    ['a body', '/ws/chat', { ...UPGRADE, 'Content-Length': '5' }, 'GET', 400, 'socket.handshake'],
    ['a body in chunks', '/ws/chat', { ...UPGRADE, 'Transfer-Encoding': 'chunked' }, 'GET', 400, 'socket.handshake'],
    ['an unknown path', '/ws/other', UPGRADE, 'GET', 404, 'request.not_found'],
    ['a path of another door', '/health', UPGRADE, 'GET', 404, 'request.not_found'],
    ['a plain GET of an unknown path', '/ws/other', {}, 'GET', 404, 'request.not_found'],
  ])('answers what is no handshake: %s', async (_what, path, headers, method, status, code) => {
    const answer = await ask(path, headers, method);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      status,
      expect.objectContaining({ code, request_id: expect.any(String) }),
    ]);
  });

  it('refuses sub-protocols that are none', async () => {
    const headers = { ...UPGRADE, Authorization: `Bearer ${token}`, 'Sec-WebSocket-Protocol': 'a,,b' };
    const answer = await ask('/ws/chat', headers);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      expect.objectContaining({ code: 'socket.handshake' }),
    ]);
  });

  it('serves other requests that carry an Upgrade header as if it were not there', async () => {
    const answer = await ask('/health', {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABk',
    });
    expect(answer.status).toBe(200);
  });

  it('ends a connection that wants to be upgraded while an earlier request of it is being answered', async () => {
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = Object.entries({ Host: 'gateway', ...UPGRADE }).map(([name, value]) => `${name}: ${value}\r\n`);
    const body = '{"message":"hello"}';
    socket.write(
      `POST /api/chat HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}GET /ws/chat HTTP/1.1\r\n${head.join('')}\r\n`,
    );
    socket.resume();
    await once(socket, 'close');
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
  });

  it('counts what it has answered, by route and never with its query', async () => {
    const text = await (await gateway.fetch('/metrics')).text();
    expect(text).toMatch(/zeroclaw_http_requests_total\{method="GET",route="\/ws\/chat",status="401"\} \d/);
    expect(text).not.toContain('token=');
  });
});
