import type { ServerResponse } from 'node:http';
import { rm } from 'node:fs/promises';
import { WebSocket } from 'ws';
import { ChatSocket, refusal } from '../../support/chat-socket';
import { end, pieces, startChatUpstream } from '../../support/chat-upstream';
import type { ChatUpstream } from '../../support/chat-upstream';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import { pairWith, steerTime } from '../../support/pairing-client';
import { until } from '../../support/until';
import { hashAccessToken } from '../../../src/pairing/access-token';
import { ConfigService } from '../../../src/platform/config/config.service';

const say = (content: string) => ({ type: 'message', content });
const DAY = 86_400_000;

describe('how the life of a socket ends', () => {
  let upstream: ChatUpstream;
  let gateway: GatewayUnderTest;
  let stream: ServerResponse | undefined;
  beforeAll(async () => {
    upstream = await startChatUpstream((question) =>
      question === 'hold' ? (opened) => void (stream = opened) : [`You said: ${question}`],
    );
  });
  beforeEach(async () => {
    stream = undefined;
    gateway = await startGateway({ toml: `${upstream.toml}[gateway.websocket]\nping_interval_secs = 1\n` });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.stop();
  });
  afterAll(() => upstream.stop());

  const open = (token: string, session = 's') => ChatSocket.open(gateway.url, { token, session });
  const hold = async (chat: ChatSocket) => {
    chat.send(say('hold'));
    await until(() => stream !== undefined);
  };

  it('a revoked token: 4401 at once, whoever else stays', async () => {
    const [admin, victim] = [await gateway.pair(), await gateway.pair()];
    const stays = await open(admin);
    const goes = [await open(victim, 'a'), await open(victim, 'b')];
    await hold(goes[0] as ChatSocket);
    const id = hashAccessToken(victim).slice(0, 16);
    const response = await gateway.fetch(`/api/pairing/devices/${id}`, { token: admin, method: 'DELETE' });
    expect(response.status).toBeLessThan(300);
    for (const chat of goes) expect(await chat.whenClosed()).toEqual({ code: 4401, reason: 'the token was revoked' });
    expect(await refusal(gateway.url, { token: victim })).toMatchObject({ status: 401 });
    stays.send({ type: 'ping' });
    await stays.next(({ type }) => type === 'pong');
    stream?.end(end());
    await stays.close();
  });

  it('a token whose line somebody removes from config.toml: 4401', async () => {
    const token = await gateway.pair();
    const chat = await open(token);
    await gateway
      .get(ConfigService as never as abstract new () => ConfigService)
      .update('gateway.paired_tokens', () => []);
    expect(await chat.whenClosed()).toMatchObject({ code: 4401 });
  });

  it('an expired token: 4401', async () => {
    const token = await pairWith(gateway, { scopes: ['chat'], tokenDays: 1 });
    const chat = await open(token);
    await chat.history();
    const passes = steerTime(gateway);
    passes(DAY + 1_000);
    expect(await chat.whenClosed()).toEqual({ code: 4401, reason: 'the token has expired' });
  });

  it('a client that does not answer pings is cut off, one that does stays', async () => {
    const token = await gateway.pair();
    const alive = await open(token);
    const dead = await ChatSocket.open(gateway.url, { token, autoPong: false });
    expect(await dead.whenClosed()).toMatchObject({ code: 1006 });
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    await alive.close();
  });

  it('a turn goes on when its socket is gone', async () => {
    const token = await gateway.pair();
    const chat = await open(token, 'left');
    await hold(chat);
    chat.socket.terminate();
    await until(() => chat.closed !== undefined);
    stream?.end(pieces('all the same') + end());
    const remembered = async () => {
      const back = await open(token, 'left');
      const { messages } = await back.history();
      await back.close();
      return (messages as unknown[]).length === 2;
    };
    await until(remembered);
  });

  it('a client that says something and leaves at once has been heard', async () => {
    const token = await gateway.pair();
    const chat = await open(token, 'brief');
    chat.send(say('remember this'));
    await chat.close();
    const remembered = async () => {
      const back = await open(token, 'brief');
      const { messages } = await back.history();
      await back.close();
      return JSON.stringify(messages).includes('You said: remember this');
    };
    await until(remembered);
  });

  it('a gateway that stops: 1012 at once where nothing runs, elsewhere after the turn, and no new ones', async () => {
    const token = await gateway.pair();
    const [idle, busy] = [await open(token, 'idle'), await open(token, 'busy')];
    await hold(busy);
    const stopped = gateway.stop();
    expect(await idle.whenClosed()).toEqual({ code: 1012, reason: 'the gateway is restarting; connect again' });
    expect(busy.closed).toBeUndefined();
    expect(await refusal(gateway.url, { token })).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    busy.send(say('one more'));
    expect(await busy.next(({ code }) => code === 'gateway.draining')).toMatchObject({ type: 'error' });
    stream?.end(pieces('the whole answer') + end());
    expect(await busy.ended()).toMatchObject({ type: 'done', full_response: 'the whole answer' });
    expect(await busy.whenClosed()).toMatchObject({ code: 1012 });
    await stopped;
    gateway = await startGateway();
  });
});

describe('a gateway that has no time left', () => {
  it('cuts turns and sockets when the grace period is over, also those that do not answer', async () => {
    const upstream = await startChatUpstream(() => () => undefined);
    const gateway = await startGateway({ toml: `${upstream.toml}[lifecycle]\nshutdown_grace_secs = 1\n` });
    const token = await gateway.pair();
    const busy = await ChatSocket.open(gateway.url, { token, session: 'busy' });
    const mute = await ChatSocket.open(gateway.url, { token, session: 'mute' });
    mute.socket.pause();
    busy.send(say('never answered'));
    await busy.next(({ type }) => type === 'user_message');
    await gateway.stop();
    expect(await busy.ended()).toMatchObject({ type: 'error', code: 'gateway.draining' });
    expect(await busy.whenClosed()).toMatchObject({ code: 1012 });
    mute.socket.resume();
    await mute.whenClosed();
    await upstream.stop();
    await rm(gateway.dir, { recursive: true, force: true });
  });
});
