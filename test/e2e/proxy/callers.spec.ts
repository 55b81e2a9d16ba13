import { describeBehindEach } from '../../support/proxies';
import type { ProxyClient } from '../../support/proxy-client';
import { startProxied } from '../../support/proxied-gateway';
import type { ProxiedGateway } from '../../support/proxied-gateway';
import { refusal } from '../../support/chat-socket';

const forged = (address: string) => ({
  'X-Forwarded-For': address,
  'X-Real-IP': address,
  Forwarded: `for=${address}`,
});

describeBehindEach('who calls through', (name) => {
  let proxied: ProxiedGateway;
  beforeAll(async () => {
    proxied = await startProxied(name, { toml: 'webhook_rate_limit_per_minute = 3\n' });
  });
  afterAll(() => proxied.stop());

  const say = async (client: ProxyClient, from: string) =>
    (await client.call('/api/chat', { json: { message: 'Hello' }, headers: forged(from) })).status;
  const pair = async (client: ProxyClient, from: string) => {
    const headers = { ...forged(from), 'X-Pairing-Code': 'WRNG-CODE' };
    return (await client.call('/pair', { method: 'POST', headers })).status;
  };

  it('has a budget of their own, whatever they write into headers', async () => {
    const [one, other] = [proxied.client({ from: '127.0.1.1' }), proxied.client({ from: '127.0.1.2' })];
    for (const address of ['203.0.113.1', '203.0.113.2', '127.0.1.2']) expect(await say(one, address)).toBe(200);
    expect(await say(one, '203.0.113.4')).toBe(429);
    expect(await say(other, '127.0.1.1')).toBe(200);
  });

  it('is locked out of pairing alone, whatever they write into headers', async () => {
    const [one, other] = [proxied.client({ from: '127.0.2.1' }), proxied.client({ from: '127.0.2.2' })];
    for (const address of ['203.0.113.1', '203.0.113.2', '127.0.2.2']) expect(await pair(one, address)).toBe(403);
    expect(await pair(one, '203.0.113.4')).toBe(429);
    expect(await pair(other, '127.0.2.1')).toBe(403);
  });

  it('is nobody on this machine, though the proxy is', async () => {
    expect((await proxied.client({ token: undefined }).call('/metrics')).status).toBe(401);
    expect((await proxied.client().call('/metrics')).status).toBe(200);
  });

  it('may open a WebSocket from a page of the gateway, and from no other', async () => {
    const client = proxied.client();
    const own = await client.socket({ headers: { Origin: client.url } });
    await own.history();
    await own.close();
    const { url } = client;
    const foreign = await refusal(url, {
      token: proxied.token,
      rejectUnauthorized: false,
      headers: { Origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect(JSON.parse(foreign.body)).toMatchObject({ code: 'socket.foreign_origin' });
  });

  it('gets a WebSocket by its sub-protocol, as a browser does', async () => {
    const chat = await proxied
      .client({ token: undefined })
      .socket({ protocols: ['zeroclaw.v1', `bearer.${proxied.token}`] });
    expect(chat.socket.protocol).toBe('zeroclaw.v1');
    await chat.close();
  });
});
