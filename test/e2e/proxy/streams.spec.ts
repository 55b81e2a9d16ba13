import type { ChatSocket } from '../../support/chat-socket';
import { end, pieces } from '../../support/chat-upstream';
import { describeBehindEach } from '../../support/proxies';
import type { ProxyClient } from '../../support/proxy-client';
import { startProxied } from '../../support/proxied-gateway';
import type { ProxiedGateway } from '../../support/proxied-gateway';
import { readEvents } from '../../support/sse-client';
import { until } from '../../support/until';

const FIRST = 'The first words come at once, ';
const REST = 'the others later.';

/** What a client of one door sees of an answer, as it comes. */
interface Seen {
  text: string;
  over: boolean;
}

type Door = (client: ProxyClient, seen: Seen) => Promise<void>;

const completions =
  (model: string): Door =>
  async (client, seen) => {
    const messages = [{ role: 'user', content: 'Tell me' }];
    const response = await client.call('/v1/chat/completions', { json: { model, messages, stream: true } });
    for await (const { data } of readEvents(response)) {
      if (data === '[DONE]') break;
      const { choices } = JSON.parse(data) as { choices: { delta: { content?: string } }[] };
      seen.text += choices[0]?.delta.content ?? '';
    }
  };

const apiChat: Door = async (client, seen) => {
  const response = await client.call('/api/chat', { json: { message: 'Tell me', stream: true } });
  for await (const { event, data } of readEvents(response)) {
    if (event === 'text') seen.text += (JSON.parse(data) as { text: string }).text;
  }
};

const webSocket: Door = async (client, seen) => {
  const chat: ChatSocket = await client.socket();
  chat.send({ type: 'message', content: 'Tell me' });
  await until(() => {
    seen.text = chat.text();
    return chat.frames.some(({ type }) => type === 'done');
  });
  await chat.close();
};

describeBehindEach('a stream through', (name) => {
  let proxied: ProxiedGateway;
  let seen: Promise<void>;
  beforeAll(async () => {
    const answer = () => async (stream: { write(text: string): void; end(text: string): void }) => {
      stream.write(pieces(FIRST));
      await seen;
      stream.end(pieces(REST) + end());
    };
    proxied = await startProxied(name, { answer, toml: 'webhook_rate_limit_per_minute = 0\n' });
  });
  afterAll(() => proxied.stop());

  // The model says its first words and goes on only when they have been seen: what holds anything back never ends.
  it.each<[string, Door, boolean]>([
    ['/v1/chat/completions, passed through', completions('host/m'), true],
    ['/v1/chat/completions, passed through, over HTTP/1.1', completions('host/m'), false],
    ['/v1/chat/completions of the agent', completions('zeroclaw'), true],
    ['/api/chat', apiChat, true],
    ['/api/chat over HTTP/1.1', apiChat, false],
    ['/ws/chat', webSocket, false],
  ])('comes as it is said: %s', async (_door, read, http2) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    seen = promise;
    const client = proxied.client({ http2 });
    const state: Seen = { text: '', over: false };
    const reading = read(client, state).finally(() => (state.over = true));
    await until(() => state.text !== '' || state.over);
    expect(state).toEqual({ text: expect.stringMatching(/^The first/), over: false });
    expect(FIRST).toContain(state.text);
    resolve();
    await reading;
    expect(state.text).toBe(FIRST + REST);
  });

  it.each<[string, Door, boolean]>([
    ['/v1/chat/completions, passed through', completions('host/m'), true],
    ['/v1/chat/completions, passed through, over HTTP/1.1', completions('host/m'), false],
    ['/api/chat', apiChat, true],
    ['/api/chat over HTTP/1.1', apiChat, false],
  ])('ends at the model when the client leaves: %s', async (_door, read, http2) => {
    seen = new Promise(() => undefined);
    const client = proxied.client({ http2 });
    const state: Seen = { text: '', over: false };
    const before = proxied.upstream.requests.length;
    const reading = read(client, state).catch(() => undefined);
    await until(() => state.text !== '');
    expect(proxied.upstream.requests.length).toBe(before + 1);
    const busy = proxied.upstream.open.size;
    await client.leave();
    await reading;
    await until(() => proxied.upstream.open.size < busy);
  });

  it('ends at the model when a client leaves that waits for a whole answer', async () => {
    seen = new Promise(() => undefined);
    const client = proxied.client();
    const before = proxied.upstream.requests.length;
    const waiting = client.call('/api/chat', { json: { message: 'Tell me' } }).catch(() => undefined);
    await until(() => proxied.upstream.requests.length > before);
    const busy = proxied.upstream.open.size;
    await client.leave();
    await waiting;
    await until(() => proxied.upstream.open.size < busy);
  });
});
