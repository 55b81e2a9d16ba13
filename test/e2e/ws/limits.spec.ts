import * as fc from 'fast-check';
import { ChatSocket, refusal } from '../../support/chat-socket';
import { end, pieces, startChatUpstream } from '../../support/chat-upstream';
import type { ChatUpstream } from '../../support/chat-upstream';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { BEHIND_PROXY, pairWith } from '../../support/pairing-client';
import { until } from '../../support/until';

const say = (content: string) => ({ type: 'message', content });
/** Of 20 kB each: more than the operating system keeps for a connection. */
const PIECES = 1_000;

describe('what one socket may not do', () => {
  let upstream: ChatUpstream;
  let gateway: GatewayUnderTest;
  let token: string;
  beforeAll(async () => {
    upstream = await startChatUpstream((question) => [`You said: ${question}`]);
    gateway = await startGateway({ toml: upstream.toml });
    token = await gateway.pair();
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const open = () => ChatSocket.open(gateway.url, { token });

  it.each<[string, string | Buffer, string]>([
    ['text that is no JSON', '{"type":', 'frame.invalid_json'],
    ['JSON that is no object', '[1,2]', 'frame.invalid'],
    ['null', 'null', 'frame.invalid'],
    ['an object without a type', '{"content":"hi"}', 'frame.invalid'],
    ['an unknown type', '{"type":"dance"}', 'frame.unknown_type'],
    ["the name of an object's own method", '{"type":"constructor"}', 'frame.unknown_type'],
    ['a message without content', '{"type":"message"}', 'frame.invalid_field'],
    ['a blank message', '{"type":"message","content":"  "}', 'frame.invalid_field'],
    ['a message that is no text', '{"type":"message","content":{"a":1}}', 'frame.invalid_field'],
    ['a decision without an id', '{"type":"approve"}', 'frame.invalid_field'],
    ['a binary frame', Buffer.from('{"type":"ping"}'), 'frame.binary'],
  ])('keeps the socket and answers with a code: %s', async (_what, data, code) => {
    const chat = await open();
    chat.socket.send(data, { binary: typeof data !== 'string' });
    expect(await chat.next(({ type }) => type === 'error')).toMatchObject({ code, message: expect.any(String) });
    chat.send(say('still here'));
    expect(await chat.ended()).toMatchObject({ full_response: 'You said: still here' });
    await chat.close();
  });

  it('survives whatever it is sent', async () => {
    const frames = fc.array(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc
          .record({
            type: fc.constantFrom('cancel', 'approve', 'deny', 'resume', 'ping', 'message', '__proto__', 'history'),
            content: fc.oneof(fc.constant('  '), fc.integer()),
            id: fc.jsonValue(),
            run_id: fc.jsonValue(),
            seq: fc.jsonValue(),
          })
          .map((frame) => JSON.stringify(frame)),
      ),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(frames, async (sent) => {
        const chat = await open();
        for (const data of sent) chat.socket.send(data, { binary: typeof data !== 'string' });
        chat.send({ type: 'ping' });
        await chat.next(({ type }) => type === 'pong');
        expect(chat.closed).toBeUndefined();
        await chat.close();
      }),
      { numRuns: 40 },
    );
  });

  it('closes with 1009 after a message that is too long, and with 1002 or 1007 after broken ones', async () => {
    const long = await open();
    long.send(say('x'.repeat(65_536)));
    expect(await long.whenClosed()).toMatchObject({ code: 1009 });
    const broken = await open();
    const wire = (broken.socket as unknown as { _socket: { write(data: Buffer): void } })._socket;
    wire.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(await broken.whenClosed()).toMatchObject({ code: 1002 });
  });

  it('closes with 1008 after a flood, and says why first', async () => {
    const chat = await open();
    for (let i = 0; i < 500; i++) chat.send({ type: 'ping' });
    expect(await chat.whenClosed()).toMatchObject({ code: 1008 });
    expect(chat.frames.at(-1)).toMatchObject({ type: 'error', code: 'socket.too_fast' });
    expect(chat.frames.filter(({ type }) => type === 'pong').length).toBeLessThanOrEqual(100);
  });

  it('takes a flood of pings for one', async () => {
    const chat = await open();
    let pongs = 0;
    chat.socket.on('pong', () => pongs++);
    for (let i = 0; i < 500 && !chat.closed; i++) {
      chat.socket.ping();
      await until(() => pongs > i || chat.closed !== undefined);
    }
    expect(await chat.whenClosed()).toMatchObject({ code: 1008 });
  });

  it('counts sockets, frames and how they ended', async () => {
    const chat = await open();
    const text = await (await gateway.fetch('/metrics', { token })).text();
    expect(text).toMatch(/zeroclaw_websocket_open 1\n/);
    expect(text).toMatch(/zeroclaw_websocket_frames_total\{direction="in"\} \d\d/);
    expect(text).toMatch(/zeroclaw_websocket_frames_total\{direction="out"\} \d\d/);
    expect(text).toMatch(/zeroclaw_websocket_closed_total\{reason="flood"\} 2\n/);
    expect(text).toMatch(/zeroclaw_websocket_closed_total\{reason="too_big"\} 1\n/);
    expect(text).toMatch(/zeroclaw_websocket_closed_total\{reason="protocol"\} 1\n/);
    expect(text).toMatch(/zeroclaw_websocket_closed_total\{reason="client"\} \d\d/);
    await chat.close();
  });
});

describe('how many sockets there may be', () => {
  it('is limited for each token and for all', async () => {
    const gateway = await startGateway({ toml: '[gateway.websocket]\nmax_sockets = 3\nmax_sockets_per_token = 2\n' });
    try {
      const [one, two] = [await gateway.pair(), await gateway.pair()];
      const sockets = [
        await ChatSocket.open(gateway.url, { token: one }),
        await ChatSocket.open(gateway.url, { token: one }),
      ];
      const mine = await refusal(gateway.url, { token: one });
      expect([mine.status, JSON.parse(mine.body)]).toEqual([429, expect.objectContaining({ code: 'socket.too_many' })]);
      sockets.push(await ChatSocket.open(gateway.url, { token: two }));
      const any = await refusal(gateway.url, { token: two });
      expect([any.status, JSON.parse(any.body)]).toEqual([503, expect.objectContaining({ code: 'socket.full' })]);
      await sockets[0]?.close();
      await (await ChatSocket.open(gateway.url, { token: one })).close();
      await Promise.all(sockets.map((socket) => socket.close()));
    } finally {
      await gateway.stop();
    }
  });

  it('is not what wrong tokens can use up: they share the budget of every door, each client its own', async () => {
    const gateway = await startGateway({ toml: BEHIND_PROXY });
    try {
      const token = await gateway.pair();
      const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
      const wrong = { token: 'wrong-token', ...from('203.0.113.1') };
      for (let i = 0; i < 119; i++) await gateway.fetch('/api/status', wrong);
      expect(await refusal(gateway.url, wrong)).toMatchObject({ status: 401 });
      const answer = await refusal(gateway.url, wrong);
      expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } });
      expect(await refusal(gateway.url, { ...wrong, ...from('203.0.113.2') })).toMatchObject({ status: 401 });
      await (await ChatSocket.open(gateway.url, { token, ...from('203.0.113.1') })).close();
    } finally {
      await gateway.stop();
    }
  });

  it('with pairing off they are for this machine only, and never for foreign pages', async () => {
    const gateway = await startGateway({ toml: '[gateway]\nrequire_pairing = false\n' });
    try {
      const chat = await ChatSocket.open(gateway.url);
      await chat.history();
      await chat.close();
      const through = await refusal(gateway.url, { headers: { 'X-Forwarded-For': '203.0.113.7' } });
      expect([through.status, JSON.parse(through.body)]).toEqual([
        401,
        expect.objectContaining({ code: 'auth.local_only' }),
      ]);
      // A name of the attacker's that points at this machine.
      const rebound = await refusal(gateway.url, {
        headers: { Origin: 'http://evil.example:8080', Host: 'evil.example:8080' },
      });
      expect(rebound.status).toBe(403);
    } finally {
      await gateway.stop();
    }
  });
});

describe('a client that reads slowly', () => {
  it('is let go with 4408 before much waits for it, and resumes at its own pace', async () => {
    let fast: ChatSocket | undefined;
    const upstream = await startChatUpstream(() => async (stream) => {
      for (let i = 0; i < PIECES; i++) {
        // At the pace of the client that reads.
        await until(() => (fast?.frames.length ?? 0) > i - 10);
        stream.write(pieces(`${i}:${'x'.repeat(20_000)} `));
      }
      stream.end(end());
    });
    const toml = `${upstream.toml}[gateway.websocket]\nmax_buffered_bytes = 262144\n[runs]\nmax_run_kb = 50000\nmax_total_mb = 100\n[security.outbound_leak_guard]\nenabled = false\n[agent]\nmax_history_messages = 0\n`;
    const gateway = await startGateway({ toml });
    try {
      const token = await gateway.pair();
      fast = await ChatSocket.open(gateway.url, { token, session: 's' });
      const slow = await ChatSocket.open(gateway.url, { token, session: 's' });
      await slow.history();
      slow.socket.pause();
      fast.send(say('a long answer'));
      const done = await fast.ended();
      slow.socket.resume();
      expect(await slow.whenClosed()).toMatchObject({ code: 4408 });
      const got = slow.ofRuns();
      expect(got.length).toBeLessThan(fast.ofRuns().length);

      const back = await ChatSocket.open(gateway.url, { token, session: 's' });
      back.send({ type: 'resume', run_id: done.run_id, seq: got.at(-1)?.seq });
      await back.history();
      back.socket.pause();
      await until(() => back.socket.isPaused);
      back.socket.resume();
      await back.ended();
      expect([...got, ...back.ofRuns()]).toEqual(fast.ofRuns());
      await Promise.all([fast.close(), back.close()]);
      const chatOnly = await pairWith(gateway, { scopes: ['chat', 'read'] });
      const text = await (await gateway.fetch('/metrics', { token: chatOnly })).text();
      expect(text).toMatch(/zeroclaw_websocket_closed_total\{reason="slow"\} 1\n/);
    } finally {
      await gateway.stop();
      await upstream.stop();
    }
  }, 60_000);
});
