import { randomUUID } from 'node:crypto';
import { UseFilters } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection, OnGatewayDisconnect } from '@nestjs/websockets';
import { RunsService } from '../../agent/runs/runs.service';
import { assertSessionId } from '../../agent/sessions.service';
import { AppError } from '../../platform/errors/app-error';
import { requireScope } from '../../platform/http/bearer.guard';
import type { GatewaySocket } from '../../platform/websocket/gateway-socket';
import { queryValue } from '../../platform/websocket/handshake-token';
import type { ClientFrame } from '../../platform/websocket/message-intake';
import type { SocketDoor } from '../../platform/websocket/socket-door';
import { SocketErrorFilter } from '../../platform/websocket/socket-error.filter';
import { ApprovalsService } from '../../tools/approvals/approvals.service';
import { ChatRooms } from './chat-rooms';
import { readContent, readDecision, readResumption, readRunId } from './client-frames';

/** `GET /ws/chat`: a conversation with the agent over a WebSocket (docs/websocket.md). */
@WebSocketGateway<SocketDoor>({ path: '/ws/chat', scopes: ['chat'], ticket: sessionIn })
@UseFilters(SocketErrorFilter)
export class ChatGateway implements OnGatewayConnection<GatewaySocket>, OnGatewayDisconnect<GatewaySocket> {
  constructor(
    private readonly rooms: ChatRooms,
    private readonly runs: RunsService,
    private readonly approvals: ApprovalsService,
  ) {}

  handleConnection(socket: GatewaySocket): void {
    this.rooms.join(socket);
  }

  handleDisconnect(socket: GatewaySocket): void {
    this.rooms.leave(socket);
  }

  /** The turn goes on when the socket is gone: whoever comes back finds it. Turns of a session run one after another. */
  @SubscribeMessage('message')
  async say(@ConnectedSocket() socket: GatewaySocket, @MessageBody() frame: ClientFrame): Promise<void> {
    const content = readContent(frame);
    const seat = await this.rooms.seatOf(socket);
    if (!seat) return;
    this.runs.launch({
      door: 'ws',
      mode: 'agent',
      owner: seat.key.owner,
      sessionId: seat.key.id,
      messages: [{ role: 'user', content }],
      canWait: true,
    });
  }

  @SubscribeMessage('cancel')
  async cancel(@ConnectedSocket() socket: GatewaySocket, @MessageBody() frame: ClientFrame): Promise<void> {
    const wanted = readRunId(frame);
    const seat = await this.rooms.seatOf(socket);
    if (!seat) return;
    const id = wanted ?? this.runs.running(seat.key)[0]?.id;
    if (id === undefined) throw new AppError(409, 'run.none', 'Nothing is running in this session');
    await this.runs.cancel(socket.admission.principal, id);
  }

  @SubscribeMessage('approve')
  approve(@ConnectedSocket() socket: GatewaySocket, @MessageBody() frame: ClientFrame): Promise<void> {
    return this.decide(socket, frame, 'approve');
  }

  @SubscribeMessage('deny')
  deny(@ConnectedSocket() socket: GatewaySocket, @MessageBody() frame: ClientFrame): Promise<void> {
    return this.decide(socket, frame, 'deny');
  }

  @SubscribeMessage('resume')
  async resume(@ConnectedSocket() socket: GatewaySocket, @MessageBody() frame: ClientFrame): Promise<void> {
    const { runId, seq } = readResumption(frame);
    const seat = await this.rooms.seatOf(socket);
    if (seat) await this.rooms.resume(seat, runId, seq);
  }

  /** For clients that cannot send WebSocket pings, such as browsers. */
  @SubscribeMessage('ping')
  ping(@ConnectedSocket() socket: GatewaySocket): void {
    socket.deliver('{"type":"pong"}');
  }

  /** As at `POST /api/approvals/:id`, it takes the scope `admin`: a token that only chats may be the one the approval protects from. */
  private async decide(socket: GatewaySocket, frame: ClientFrame, decision: 'approve' | 'deny'): Promise<void> {
    const { id, note } = readDecision(frame);
    const { principal } = socket.admission;
    requireScope(principal, ['admin']);
    await this.approvals.decide(id, decision, principal.id, note);
  }
}

/** A session that is not named is a new one. */
function sessionIn(query: URLSearchParams): string {
  const id = queryValue(query, 'session_id') ?? randomUUID();
  assertSessionId(id);
  return id;
}
