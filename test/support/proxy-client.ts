import { Agent, fetch } from 'undici';
import { ChatSocket } from './chat-socket';
import type { ChatSocketOptions } from './chat-socket';

export interface ClientOptions {
  token?: string | undefined;
  /** Its address: any of 127.0.0.0/8. */
  from?: string;
  /** Browsers and most programs take HTTP/2 where it is offered. */
  http2?: boolean;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  json?: unknown;
  body?: string | AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
}

/** A caller from outside: takes any certificate, and has an address of its own. */
export class ProxyClient {
  private readonly connect = { rejectUnauthorized: false };
  private readonly localAddress: string;
  private readonly agent: Agent;

  constructor(
    readonly url: string,
    private readonly options: ClientOptions = {},
  ) {
    const { from = '127.0.0.1', http2 = true } = options;
    this.localAddress = from;
    this.agent = new Agent({ allowH2: http2, localAddress: from, connect: this.connect });
  }

  async call(path: string, { json, headers, ...rest }: Call = {}): Promise<Response> {
    const { token } = this.options;
    const response = await fetch(this.url + path, {
      ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
      ...(rest.body !== undefined && { duplex: 'half' as const }),
      ...rest,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      dispatcher: this.agent,
    });
    return response as unknown as Response;
  }

  socket(options: ChatSocketOptions = {}): Promise<ChatSocket> {
    const { token } = this.options;
    return ChatSocket.open(this.url, {
      ...(token !== undefined && { token }),
      ...this.connect,
      localAddress: this.localAddress,
      ...options,
    });
  }

  /** Ends its connections, also those on which something is on its way. */
  async leave(): Promise<void> {
    await this.agent.destroy();
  }
}
