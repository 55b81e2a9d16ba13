import { Injectable } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { MessageIntake } from './message-intake';
import { SocketHandshake } from './socket-handshake';
import { SocketRegistry } from './socket.registry';
import { WebSocketConfig } from './websocket.config';

/** What the adapter takes from the application; Nest makes adapters outside of it. */
@Injectable()
export class SocketParts {
  constructor(
    readonly handshake: SocketHandshake,
    readonly sockets: SocketRegistry,
    readonly intake: MessageIntake,
    private readonly config: ConfigService,
  ) {}

  get maxFrameBytes(): number {
    return this.config.get(WebSocketConfig).max_frame_bytes;
  }
}
