import { ProxyClient } from '../../support/proxy-client';
import { describeBehind, startProxy } from '../../support/proxies';
import type { Edit, ProxyName } from '../../support/proxies';
import { startProxied } from '../../support/proxied-gateway';
import { until } from '../../support/until';

/** The shipped configuration with a proxy that cuts what has been silent for so long. */
const impatient: Record<ProxyName, (seconds: number) => Edit> = {
  nginx: (seconds) => (config) => config.replace(/proxy_read_timeout \d+s;/, `proxy_read_timeout ${seconds}s;`),
  caddy: (seconds) => (config) =>
    config.replace(/reverse_proxy (\S+)$/m, `reverse_proxy $1 {\ntransport http {\nread_timeout ${seconds}s\n}\n}`),
};

const pings = (every: number) => `[gateway.websocket]\nping_interval_secs = ${every}\n`;

describeBehind('nginx', 'what is silent behind nginx', () => {
  it('a socket behind nginx, which cuts what is silent, lives on by its pings', async () => {
    const proxied = await startProxied('nginx', { edit: impatient.nginx(3), toml: pings(1) });
    try {
      const chat = await proxied.client().socket();
      let heard = 0;
      chat.socket.on('ping', () => heard++);
      await until(() => heard >= 6);
      chat.send({ type: 'ping' });
      await chat.next(({ type }) => type === 'pong');
      await chat.close();
    } finally {
      await proxied.stop();
    }
  }, 30_000);

  // Caddy does not apply its limits to what was upgraded, so there it would not be cut at all.
  it('without pings nginx cuts a socket', async () => {
    const proxied = await startProxied('nginx', { edit: impatient.nginx(2), toml: pings(60) });
    try {
      const chat = await proxied.client().socket();
      expect(await chat.whenClosed()).toMatchObject({ code: 1006 });
    } finally {
      await proxied.stop();
    }
  });

  /** Reads the event stream until `enough` has come. */

  describeBehind('caddy', 'and Caddy', () => {
    it('the event stream lives on by its comments behind proxies that cut what is silent for 20 s', async () => {
      const proxied = await startProxied('nginx', { edit: impatient.nginx(20) });
      const caddy = await startProxy('caddy', proxied.gateway.url, impatient.caddy(20));
      const behindCaddy = new ProxyClient(caddy.url, { token: proxied.token });
      try {
        const twoComments = (text: string) => text.split(': keep-alive').length > 2;
        await Promise.all([proxied.client(), behindCaddy].map((client) => listen(client, twoComments)));
      } finally {
        await behindCaddy.leave();
        await caddy.stop();
        await proxied.stop();
      }
    }, 60_000);
  });
});

async function listen(client: ProxyClient, enough: (text: string) => boolean): Promise<void> {
  const response = await client.call('/api/events');
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (enough(text)) return;
  }
  throw new Error(`the stream was cut after: ${text}`);
}
