import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** One request that the mock has seen; `body` is in OpenAI's form for every protocol, `raw` as far as the mock keeps it. */
export interface SeenRequest {
  path: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  status: number;
}

/** A mock of the model vendors that we did not write, in a thread of its own. Speaks OpenAI's (`/v1`) and Anthropic's protocol. */
export interface MockModels {
  /** Without a path: append `/v1` for OpenAI's protocol. */
  url: string;
  /** See FixtureFile of @copilotkit/aimock: `{ match: { userMessage }, response: { content } }`. */
  answer(...fixtures: MockFixture[]): Promise<void>;
  /** The next request, whatever it is, is answered with this status. */
  failNext(status: number, error?: { message: string; type?: string; code?: string }): Promise<void>;
  requests(): Promise<SeenRequest[]>;
  /** Forgets fixtures and requests. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface MockFixture {
  match: Record<string, unknown>;
  response: Record<string, unknown>;
  [option: string]: unknown;
}

const THREAD = `
const { parentPort } = require('node:worker_threads');
const { LLMock } = require('@copilotkit/aimock');
new LLMock({ port: 0, host: '127.0.0.1' }).start().then((url) => parentPort.postMessage(url));
`;

export async function startMockModels(): Promise<MockModels> {
  const worker = new Worker(THREAD, { eval: true });
  const [url] = (await once(worker, 'message')) as [string];
  const control = async (path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${url}/__aimock/${path}`, init);
    if (!response.ok) throw new Error(`the mock refuses ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    url,
    answer: async (...fixtures) => void (await control('fixtures', { fixtures })),
    failNext: async (status, error) => void (await control('error', { status, ...(error && { body: error }) })),
    requests: async () => {
      const entries = (await control('journal')) as {
        path: string;
        headers: Record<string, string>;
        body: Record<string, unknown>;
        response: { status: number };
      }[];
      return entries.map(({ path, headers, body, response }) => ({ path, headers, body, status: response.status }));
    },
    reset: async () => void (await control('reset', {})),
    stop: async () => void (await worker.terminate()),
  };
}

/** A host that does what a test tells it, however rude. */
export interface RawUpstream {
  url: string;
  /** Connections accepted so far. */
  sockets: number;
  /** Connections open now. */
  open: Set<Socket>;
  requests: { path: string; headers: IncomingMessage['headers']; body: string }[];
  stop(): Promise<void>;
}

export type RawHandler = (response: ServerResponse, request: IncomingMessage, body: string) => void | Promise<void>;

export async function startRawUpstream(handler: RawHandler): Promise<RawUpstream> {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (piece: Buffer) => chunks.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      upstream.requests.push({ path: request.url ?? '', headers: request.headers, body });
      void handler(response, request, body);
    });
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  const upstream: RawUpstream = {
    url: '',
    sockets: 0,
    open: new Set(),
    requests: [],
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('connection', (socket) => {
    upstream.sockets++;
    upstream.open.add(socket);
    socket.on('close', () => upstream.open.delete(socket));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}

/** `data:` frames of chat-completion chunks. */
export function sse(...data: unknown[]): string {
  return data.map((item) => `data: ${typeof item === 'string' ? item : JSON.stringify(item)}\n\n`).join('');
}

/** One chunk of a streamed chat completion. */
export function chunk(delta: Record<string, unknown>, finish: string | null = null): Record<string, unknown> {
  return {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** Starts a streamed answer. */
export function openStream(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  return response;
}
