import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentConfig } from '../../../src/agent/agent.config';
import { WebSocketConfig } from '../../../src/platform/websocket/websocket.config';
import { refusal } from '../../support/chat-socket';
import { startProxied } from '../../support/proxied-gateway';
import type { ProxiedGateway } from '../../support/proxied-gateway';
import { describeBehind } from '../../support/proxies';
import type { Edit } from '../../support/proxies';
import { until } from '../../support/until';

const without =
  (line: RegExp): Edit =>
  (config) => {
    if (!line.test(config)) throw new Error(`there is no ${line.source}`);
    return config.replace(line, '');
  };

async function behind<T>(proxied: Promise<ProxiedGateway>, look: (proxied: ProxiedGateway) => Promise<T>): Promise<T> {
  const started = await proxied;
  try {
    return await look(started);
  } finally {
    await started.stop();
  }
}

/** What goes wrong without a line: a line for which nothing does should go. */
describeBehind('nginx', 'what the lines of nginx.conf are for', () => {
  const metrics = ({ client }: ProxiedGateway) => client({ token: undefined }).call('/metrics');

  it('without X-Forwarded-… everybody passes for somebody on this machine', async () => {
    const edit = without(/proxy_set_header X-Forwarded-For[^]*X-Forwarded-Proto .*;/);
    expect((await behind(startProxied('nginx', { edit }), metrics)).status).toBe(200);
    expect((await behind(startProxied('nginx'), metrics)).status).toBe(401);
  });

  it.each([
    ['Upgrade', /proxy_set_header Upgrade .*;/],
    ['Connection', /proxy_set_header Connection .*;/],
  ])('without %s there is no WebSocket', async (_what, line) => {
    const status = await behind(startProxied('nginx', { edit: without(line) }), async ({ client, token }) => {
      const options = { token, rejectUnauthorized: false };
      return (await refusal(client().url, options)).status;
    });
    expect(status).toBe(426);
  });

  it('without Host the page of the gateway is a foreign one', async () => {
    const edit = without(/proxy_set_header Host .*;/);
    const status = await behind(startProxied('nginx', { edit }), async ({ client, token }) => {
      const { url } = client();
      return (await refusal(url, { token, rejectUnauthorized: false, headers: { Origin: url } })).status;
    });
    expect(status).toBe(403);
  });

  it('without client_max_body_size the proxy answers a large body in HTML', async () => {
    const edit = without(/client_max_body_size .*;/);
    const type = await behind(startProxied('nginx', { edit }), async ({ client }) => {
      const json = { message: ' '.repeat(2_000_000) };
      return (await client({ http2: false }).call('/api/chat', { json })).headers.get('content-type');
    });
    expect(type).toContain('text/html');
  });

  it('proxy_read_timeout is above the longest turn and the silence between two pings', async () => {
    const config = await readFile(join(__dirname, '..', '..', '..', 'deploy', 'proxy', 'nginx.conf'), 'utf8');
    const seconds = Number(/proxy_read_timeout (\d+)s;/.exec(config)?.[1]);
    expect(seconds).toBeGreaterThan(new AgentConfig().turn_timeout_secs);
    expect(seconds).toBeGreaterThan(2 * new WebSocketConfig().ping_interval_secs);
  });
});

describeBehind('caddy', 'what the Caddyfile leaves out', () => {
  it('with flush_interval -1 a caller who leaves cancels nothing', async () => {
    const edit: Edit = (config) => config.replace(/reverse_proxy (\S+)$/m, 'reverse_proxy $1 {\nflush_interval -1\n}');
    const leave = async ({ client, upstream }: ProxiedGateway) => {
      const caller = client({ http2: false });
      const calling = caller.call('/api/chat', { json: { message: 'Tell me' } }).catch(() => undefined);
      await until(() => upstream.requests.length === 1);
      await caller.leave();
      await calling;
      await expect(until(() => upstream.open.size === 0, 1_000)).rejects.toThrow('still not true');
    };
    const proxied = await startProxied('caddy', {
      edit,
      answer: () => () => undefined,
      toml: '[lifecycle]\nshutdown_grace_secs = 1\n',
    });
    await behind(Promise.resolve(proxied), leave);
  });
});
