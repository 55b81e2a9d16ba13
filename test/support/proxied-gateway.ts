import { startChatUpstream } from './chat-upstream';
import type { Answer, ChatUpstream } from './chat-upstream';
import { startGateway } from './gateway';
import type { GatewayUnderTest } from './gateway';
import { BEHIND_PROXY } from './pairing-client';
import { ProxyClient } from './proxy-client';
import type { ClientOptions } from './proxy-client';
import { startProxy } from './proxies';
import type { Edit, ProxyName } from './proxies';

export interface ProxiedGateway {
  gateway: GatewayUnderTest;
  upstream: ChatUpstream;
  token: string;
  /** A new client in front of the proxy, with the token unless it is told otherwise. */
  client(options?: ClientOptions): ProxyClient;
  stop(): Promise<void>;
}

export interface ProxiedOptions {
  /** What the model says. */
  answer?: (question: string) => Answer;
  /** Further tables of config.toml. */
  toml?: string;
  edit?: Edit;
}

/** Client, reverse proxy, gateway and a model host: all of them real, the last one as a test wants it. */
export async function startProxied(name: ProxyName, options: ProxiedOptions = {}): Promise<ProxiedGateway> {
  const { answer = (question: string) => [`You said: ${question}`], toml = '', edit } = options;
  const upstream = await startChatUpstream(answer);
  const host = `[model_providers.host]\nbase_url = "${upstream.url}/v1"\napi_key = "k"\n`;
  const gateway = await startGateway({ toml: `${upstream.toml}${host}${BEHIND_PROXY}${toml}` });
  const token = await gateway.pair();
  const release = async () => {
    await gateway.stop();
    await upstream.stop();
  };
  const proxy = await startProxy(name, gateway.url, edit).catch(async (error: unknown) => {
    await release();
    throw error;
  });
  const clients: ProxyClient[] = [];
  return {
    gateway,
    upstream,
    token,
    client: (own) => {
      const client = new ProxyClient(proxy.url, { token, ...own });
      clients.push(client);
      return client;
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.leave()));
      await release();
      await proxy.stop();
    },
  };
}
