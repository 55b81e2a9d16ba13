import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WsAdapter } from '@nestjs/platform-ws';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { WebSocketServer } from 'ws';
import { AppError } from '../errors/app-error';
import type { RequestFront } from '../http/prelude';
import type { GatewayRequest } from '../http/principal';
import { GatewaySocket } from './gateway-socket';
import { chooseSubProtocol } from './handshake-token';
import type { OpenDoor, SocketDoor } from './socket-door';
import type { SocketParts } from './socket-parts';
import { refuseUpgrade } from './upgrade-refusal';

/** Node's mark on a connection whose turn to be written to is another response's. */
type AnsweringSocket = Socket & { _httpMessage?: unknown };

/** Milliseconds that a client may take to answer a close frame. */
const CLOSE_TIMEOUT = { closeTimeout: 10_000 };

/**
 * Nest's adapter for `ws` with a door in front: who may come in is settled before the upgrade, and what comes in is read under limits.
 * Frames are `{"type": …}`; the type names the `@SubscribeMessage` handler.
 */
export class GatewayWsAdapter extends WsAdapter {
  private readonly doors = new Map<string, OpenDoor>();
  private readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

  constructor(
    private readonly server: Server,
    private readonly front: RequestFront,
    private readonly parts: SocketParts,
  ) {
    super(server);
    this.onUpgrade = (request, socket, head) => this.upgrade(front.begin(request), socket as AnsweringSocket, head);
    server.on('upgrade', this.onUpgrade);
  }

  override create(_port: number, { path, scopes, ticket }: SocketDoor): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Costs 300 KB for each socket, and answers of a model are short.
      perMessageDeflate: false,
      ...CLOSE_TIMEOUT,
      maxPayload: this.parts.maxFrameBytes,
      handleProtocols: chooseSubProtocol,
      WebSocket: GatewaySocket,
    });
    server.on('wsClientError', (error, socket, request) => {
      const refusal = new AppError(400, 'socket.handshake', `This is not a WebSocket handshake: ${error.message}`);
      this.refuse(request as GatewayRequest, socket as Socket, refusal);
    });
    this.doors.set(path, { path, scopes, ticket, server });
    return server;
  }

  override bindMessageHandlers(socket: GatewaySocket, handlers: MessageMappingProperties[]): void {
    socket.handlers = handlers;
  }

  override bindClientDisconnect(socket: GatewaySocket, callback: () => void): void {
    socket.left = callback;
  }

  override async close(): Promise<void> {
    for (const socket of this.parts.sockets.all()) socket.cut('draining');
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    this.server.off('upgrade', this.onUpgrade);
    this.doors.clear();
    await super.dispose();
  }

  private upgrade(request: GatewayRequest, wire: AnsweringSocket, head: Buffer): void {
    if (wire._httpMessage) {
      // An earlier request of this connection is still being answered, and two cannot write at once.
      wire.destroy();
      return;
    }
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const door = this.doors.get(path);
    // Metrics count by route template.
    if (door) Object.assign(request, { route: { path } });
    try {
      if (!door) throw new AppError(404, 'request.not_found', `There is no WebSocket at ${path.slice(0, 200)}`);
      const admission = this.parts.handshake.admit(request, door);
      door.server.handleUpgrade(request, wire, head, (opened) => {
        const socket = opened as GatewaySocket;
        socket.begin(admission, wire, this.parts.sockets, this.parts.intake);
        this.parts.sockets.add(socket);
        door.server.emit('connection', socket, request);
      });
    } catch (error) {
      this.refuse(request, wire, error);
    }
  }

  private refuse(request: GatewayRequest, wire: Socket, error: unknown): void {
    if (!(error instanceof AppError)) this.logger.error(error);
    refuseUpgrade(request, wire, error, this.front.tracker);
  }
}
