import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of the gateway, as it came off the wire. */
export interface PlatformCall {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Parsed; undefined when the body is not JSON. */
  json: unknown;
  /** What it was answered with; 0 when it was left without an answer. */
  status: number;
}

export interface PlatformAnswer {
  status?: number;
  json?: unknown;
  headers?: Record<string, string>;
}

/**
 * What becomes of one call. `stall`: read, and never answered. `cut`: read, and the connection closed without an answer, so that the gateway
 * cannot know whether the platform took it.
 */
export type Trick = PlatformAnswer | 'stall' | 'cut';

/** A platform's API as a test wants it: records every call, and fails as it is told. */
export interface PlatformServer {
  /** For `api_base_url`. */
  url: string;
  /** Every call so far, in the order in which they were read. */
  calls: PlatformCall[];
  /** Those that were answered with 2xx. */
  readonly taken: PlatformCall[];
  /** The next calls are treated so, one after the other; after them the usual answer again. */
  next(...tricks: Trick[]): void;
  stop(): Promise<void>;
}

/** @param usual what calls are answered with; left out: 200 `{}` */
export async function startPlatform(
  usual: (call: PlatformCall) => Trick | Promise<Trick> = () => ({}),
): Promise<PlatformServer> {
  const tricks: Trick[] = [];
  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const { method = '', url: path = '', headers } = request;
    const call: PlatformCall = { method, path, headers, body, json: parsed(body), status: 0 };
    platform.calls.push(call);
    const trick = tricks.shift() ?? (await usual(call));
    if (trick === 'stall') return;
    if (trick === 'cut') {
      response.destroy();
      return;
    }
    call.status = trick.status ?? 200;
    response.writeHead(call.status, { 'content-type': 'application/json', ...trick.headers });
    response.end(call.status === 204 ? undefined : JSON.stringify(trick.json ?? {}));
  }

  const platform: PlatformServer = {
    url: '',
    calls: [],
    get taken() {
      return this.calls.filter(({ status }) => status >= 200 && status < 300);
    },
    next: (...wanted) => void tricks.push(...wanted),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  platform.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return platform;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const piece of request) chunks.push(piece as Buffer);
  } catch {
    // The gateway was killed in the middle of its call.
  }
  return Buffer.concat(chunks).toString();
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
