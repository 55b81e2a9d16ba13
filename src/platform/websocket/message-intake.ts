import { Injectable } from '@nestjs/common';
import type { RawData } from 'ws';
import { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { errorFrame } from './error-frame';
import type { GatewaySocket, SocketIntake } from './gateway-socket';
import { SocketRegistry } from './socket.registry';
import { WebSocketConfig } from './websocket.config';

/** A frame of a client: an object whose `type` names the handler. Nothing else of it is known yet. */
export interface ClientFrame {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Reads what clients send. Whatever it is, the socket stays; only who sends too much is sent away. */
@Injectable()
export class MessageIntake implements SocketIntake {
  constructor(
    private readonly sockets: SocketRegistry,
    private readonly config: ConfigService,
  ) {}

  admits(socket: GatewaySocket): boolean {
    const { messages_per_10_secs: limit } = this.config.get(WebSocketConfig);
    if (!socket.isFlooding(performance.now(), limit)) return true;
    const message = `More than ${limit} messages within ten seconds; connect again and go slower`;
    socket.deliver(errorFrame(new AppError(429, 'socket.too_fast', message, { retryAfter: 10 })));
    socket.end('flood');
    return false;
  }

  take(socket: GatewaySocket, data: RawData, isBinary: boolean): void {
    if (socket.readyState !== socket.OPEN) return;
    this.sockets.framesIn++;
    if (!this.admits(socket)) return;
    const read = readFrame(data, isBinary);
    if (read instanceof AppError) {
      socket.deliver(errorFrame(read));
      return;
    }
    const handler = socket.handlers.find(({ message }) => message === read.type);
    if (handler) {
      // Every frame takes the same way through Nest, so they are handled in the order in which they came. It never rejects: filters answer.
      void handler.callback(read, read.type);
      return;
    }
    const known = socket.handlers.map(({ message }) => String(message)).join(', ');
    const message = `There is no message of type "${read.type.slice(0, 40)}"; known are ${known}`;
    socket.deliver(errorFrame(new AppError(400, 'frame.unknown_type', message)));
  }
}

function readFrame(data: RawData, isBinary: boolean): ClientFrame | AppError {
  if (isBinary) return new AppError(400, 'frame.binary', 'Send text frames; binary ones are not understood here');
  let frame: unknown;
  try {
    // Without `binaryType` of the library's own kinds `data` is always one Buffer.
    frame = JSON.parse((data as Buffer).toString());
  } catch {
    return new AppError(400, 'frame.invalid_json', 'Invalid JSON');
  }
  return isFrame(frame) ? frame : new AppError(400, 'frame.invalid', 'A frame is a JSON object with a "type"');
}

function isFrame(value: unknown): value is ClientFrame {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
