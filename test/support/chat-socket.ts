import { once } from 'node:events';
import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';
import { until } from './until';

/** A frame of the server, as it came. */
export type ServerFrame = { type: string; run_id?: string; seq?: number } & Record<string, unknown>;

export interface ChatSocketOptions extends ClientOptions {
  token?: string;
  session?: string;
  protocols?: string[];
  /** Goes behind the `?`, instead of the session. */
  query?: string;
}

/** A real WebSocket client that remembers what it was sent. */
export class ChatSocket {
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(JSON.parse((data as Buffer).toString()) as ServerFrame));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  /** Resolves when it is open; rejects with {@link HandshakeRefused} when the gateway answers something else. */
  static async open(url: string, options: ChatSocketOptions = {}): Promise<ChatSocket> {
    const {
      token,
      session,
      protocols,
      query = session === undefined ? '' : `session_id=${session}`,
      ...rest
    } = options;
    const headers = { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...rest.headers };
    const path = `${url.replace('http', 'ws')}/ws/chat${query === '' ? '' : `?${query}`}`;
    const socket = new WebSocket(path, protocols, { ...rest, headers });
    const chat = new ChatSocket(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.once('end', () => reject(new HandshakeRefused(response.statusCode ?? 0, response.headers, body)));
    });
    await promise;
    return chat;
  }

  /** The history that every socket gets first. */
  async history(): Promise<ServerFrame> {
    return this.next(({ type }) => type === 'history');
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The first frame so far, or to come, that fits. */
  async next(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    let found: ServerFrame | undefined;
    await until(() => (found = this.frames.find(fits)) !== undefined);
    return found as ServerFrame;
  }

  /** The `n`th `done` or `error` of a run. */
  async ended(n = 1): Promise<ServerFrame> {
    await until(() => this.ends().length >= n);
    return this.ends()[n - 1] as ServerFrame;
  }

  /** The frames of runs; of one when it is named. */
  ofRuns(runId?: string): ServerFrame[] {
    return this.frames.filter(({ run_id }) => run_id !== undefined && (runId === undefined || run_id === runId));
  }

  /** What the chunks say together. */
  text(runId?: string): string {
    return this.ofRuns(runId)
      .filter(({ type }) => type === 'chunk')
      .map(({ content }) => String(content))
      .join('');
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.socket.close();
    await once(this.socket, 'close');
  }

  async whenClosed(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined);
    return this.closed as { code: number; reason: string };
  }

  private ends(): ServerFrame[] {
    return this.ofRuns().filter(({ type, seq }) => (type === 'done' || type === 'error') && seq !== undefined);
  }
}

/** The gateway did not upgrade. */
export class HandshakeRefused extends Error {
  constructor(
    readonly status: number,
    readonly headers: Record<string, unknown>,
    readonly body: string,
  ) {
    super(`the handshake was answered with ${status}: ${body}`);
  }
}

/** What the gateway answers to a handshake that it refuses. */
export async function refusal(url: string, options: ChatSocketOptions = {}): Promise<HandshakeRefused> {
  try {
    const chat = await ChatSocket.open(url, options);
    await chat.close();
  } catch (error) {
    if (error instanceof HandshakeRefused) return error;
    throw error;
  }
  throw new Error('the handshake was not refused');
}
