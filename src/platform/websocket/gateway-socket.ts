import type { Socket } from 'node:net';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import { LOCAL_PRINCIPAL } from '../http/principal';
import { CLOSINGS } from './closing';
import type { Closing, SocketEnd } from './closing';
import type { Admission } from './socket-door';

const UNADMITTED: Admission = {
  principal: { ...LOCAL_PRINCIPAL, scopes: [] },
  requestId: '',
  clientKey: '',
  ticket: '',
};

/** Reads the messages of clients. */
export interface SocketIntake {
  take(socket: GatewaySocket, data: RawData, isBinary: boolean): void;
  /** Counts something that came in; false when it was one too many, and the socket has been ended. */
  admits(socket: GatewaySocket): boolean;
}

/** What a socket of the gateway needs of its surroundings; one object for all of them. */
export interface SocketHost {
  /** Bytes that may wait for one client. */
  readonly maxBufferedBytes: number;
  /** Counts a frame that was sent, and lets it go at the end of the tick together with what else was written. */
  sent(socket: GatewaySocket): void;
  remove(socket: GatewaySocket, code: number): void;
}

/**
 * One open WebSocket. Idle ones are many, so it has fields instead of closures, and no timer of its own.
 * It never buffers more than its host allows and one frame: who reads too slowly is let go and can come back.
 */
export class GatewaySocket extends WebSocket {
  admission = UNADMITTED;
  host: SocketHost | undefined;
  intake: SocketIntake | undefined;
  /** Nest's handlers by type, and what it wants to be told at the end. */
  handlers: readonly MessageMappingProperties[] = [];
  left: (() => void) | undefined;
  wire: Socket | undefined;
  /** Set once this side, or a fault, has ended it. */
  ended: SocketEnd | undefined;
  /** A ping is out. */
  awaitsPong = false;
  /** In terms of `performance.now()`. */
  nextPingAt = 0;
  /** What is written waits for the end of the tick. */
  corked = false;
  windowEndsAt = 0;
  windowCount = 0;

  /** Before anything has come in. */
  begin(admission: Admission, wire: Socket, host: SocketHost, intake: SocketIntake): void {
    this.admission = admission;
    this.wire = wire;
    this.host = host;
    this.intake = intake;
    this.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose);
  }

  /** Sends one text frame; what cannot be sent any more is dropped. @param text a Buffer when the same goes to several sockets */
  deliver(text: string | Buffer): void {
    const { host, wire } = this;
    if (this.readyState !== WebSocket.OPEN || !host || !wire) return;
    if (this.bufferedAmount > host.maxBufferedBytes) {
      this.end('slow');
      return;
    }
    if (!this.corked) wire.cork();
    host.sent(this);
    this.send(text, { binary: false });
  }

  /** Resolves once the client has caught up, or the socket is gone. */
  async drained(): Promise<void> {
    const { wire } = this;
    if (!wire?.writableNeedDrain || wire.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    wire.once('drain', resolve).once('close', resolve);
    await promise;
    wire.off('drain', resolve).off('close', resolve);
  }

  /** Says why, and closes. */
  end(reason: Closing): void {
    if (this.readyState !== WebSocket.OPEN) return;
    this.ended = reason;
    const { code, words } = CLOSINGS[reason];
    this.close(code, words);
  }

  /** Ends it without a word, since nobody would read it. */
  cut(reason: SocketEnd): void {
    this.ended ??= reason;
    this.terminate();
  }

  /** True when the client has sent more than `limit` messages within ten seconds. */
  isFlooding(now: number, limit: number): boolean {
    if (now >= this.windowEndsAt) {
      this.windowEndsAt = now + 10_000;
      this.windowCount = 0;
    }
    return ++this.windowCount > limit;
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (this instanceof GatewaySocket) this.intake?.take(this, data, isBinary);
}

/** The library has answered already; a flood of them is one all the same. */
function onPing(this: WebSocket): void {
  if (this instanceof GatewaySocket) this.intake?.admits(this);
}

function onPong(this: WebSocket): void {
  if (this instanceof GatewaySocket) this.awaitsPong = false;
}

/** The library closes with the code that fits; this only remembers why. */
function onError(this: WebSocket, error: NodeJS.ErrnoException): void {
  if (!(this instanceof GatewaySocket)) return;
  this.ended ??= error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'too_big' : 'protocol';
}

function onClose(this: WebSocket, code: number): void {
  if (!(this instanceof GatewaySocket)) return;
  this.host?.remove(this, code);
  this.left?.();
}
