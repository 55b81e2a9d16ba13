import type { fetch as undiciFetch } from 'undici';
import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js' with {
  'resolution-mode': 'import',
};
import type { HttpEndpoint } from './server-settings';

type Init = Parameters<typeof undiciFetch>[1];

const CONNECT_MS = 10_000;
/** Bytes of one answer; a stream of announcements that grows longer is opened anew. */
const LONGEST_ANSWER = 16 * 1024 * 1024;
/** An unreachable server must not hold up the end. */
const FAREWELL_MS = 1_000;

export interface OpenTransport {
  transport: Transport;
  /** Frees the sockets, after the transport was closed. */
  release(): Promise<void>;
  /** Tells the server that its session is over; never rejects. */
  farewell(): Promise<void>;
}

/** MCP over streamable HTTP, with connections of its own. The address is the operator's, so it is trusted. */
export async function httpTransport({ url, headers }: HttpEndpoint, timeoutMs: number): Promise<OpenTransport> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { EnvHttpProxyAgent, fetch: pooledFetch } = await import('undici');
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_MS },
    // The caller gives up earlier and says so; this frees the socket.
    headersTimeout: timeoutMs + CONNECT_MS,
    // A stream of announcements may be silent for hours.
    bodyTimeout: 0,
    maxResponseSize: LONGEST_ANSWER,
  });
  // Two declarations of one and the same fetch: undici's own, and the one that Node's types have copied from it.
  const send: FetchLike = (address, init) =>
    pooledFetch(address, { ...init, dispatcher: agent } as Init) as unknown as Promise<Response>;
  const transport = new StreamableHTTPClientTransport(url, { fetch: send, requestInit: { headers } });
  return {
    transport: transport as Transport,
    release: () => agent.destroy(),
    farewell: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, FAREWELL_MS);
      await Promise.race([transport.terminateSession().catch(() => undefined), promise]);
      clearTimeout(timer);
    },
  };
}
