import { Injectable, Logger } from '@nestjs/common';
import type { RunFrame } from '../../agent/runs/run';
import { RunsService } from '../../agent/runs/runs.service';
import { SessionsService } from '../../agent/sessions.service';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import type { BackgroundWork } from '../../platform/lifecycle/lifecycle';
import type { GatewaySocket } from '../../platform/websocket/gateway-socket';
import { ChatSeat, wireText } from './chat-seat';
import { historyFrame } from './history-frame';

/** How long a socket that joins in the middle of a run may take to say where it was. */
const RESUME_GRACE_MS = 1_000;

/** Time for a turn that is cut to say so. */
const LAST_WORDS_MS = 500;

/** The sockets of one session. */
interface Room {
  readonly seats: Set<ChatSeat>;
  /** Runs that ended since somebody is here. */
  ended: number;
  unwatch(): void;
}

/**
 * Who sits in which session. All sockets of a session see the same turns, whatever door those came through; each frame is written once for all of them.
 * When the gateway stops, a socket is closed as soon as its session has nothing running.
 */
@Injectable()
export class ChatRooms implements BackgroundWork {
  private readonly logger = new Logger('Sockets');
  private readonly rooms = new Map<string, Room>();
  private readonly seats = new Map<GatewaySocket, ChatSeat>();
  private emptied: (() => void) | undefined;

  constructor(
    private readonly runs: RunsService,
    private readonly sessions: SessionsService,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  /** Sends the history first; what the client says is not heard before. */
  join(socket: GatewaySocket): void {
    const { principal, ticket } = socket.admission;
    const seat = new ChatSeat(socket, { owner: principal.id, id: ticket }, this.runs);
    this.seats.set(socket, seat);
    const room = this.roomOf(seat);
    room.seats.add(seat);
    seat.joining = this.welcome(seat, room).catch((error: unknown) => {
      this.logger.error({ err: error }, 'the history of a session could not be read');
      socket.end('failed');
    });
  }

  leave(socket: GatewaySocket): void {
    const seat = this.seats.get(socket);
    if (!seat) return;
    this.seats.delete(socket);
    seat.leave();
    const key = roomKey(seat);
    const room = this.rooms.get(key);
    room?.seats.delete(seat);
    if (room?.seats.size === 0) {
      room.unwatch();
      this.rooms.delete(key);
    }
    if (this.seats.size === 0) this.emptied?.();
  }

  /** Once the client has its history; undefined for a socket that has left by then. One that leaves meanwhile is still heard. */
  async seatOf(socket: GatewaySocket): Promise<ChatSeat | undefined> {
    const seat = this.seats.get(socket);
    await seat?.joining;
    return seat;
  }

  /** Replays a run from after `seq` to its end. */
  resume(seat: ChatSeat, runId: string, seq: number): Promise<void> {
    return seat.replay(runId, seq).then(() => this.letGo(seat));
  }

  async stop(cut: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.emptied = resolve;
    for (const seat of this.seats.values()) this.letGo(seat);
    if (this.seats.size === 0) return;
    // Turns that are cut tell their sockets so, and those go then; what is left after that goes without.
    const endAll = () => {
      for (const socket of this.seats.keys()) socket.end('draining');
    };
    const endSoon = () => setTimeout(endAll, LAST_WORDS_MS).unref();
    if (cut.aborted) endSoon();
    else cut.addEventListener('abort', endSoon, { once: true });
    await promise;
  }

  private async welcome(seat: ChatSeat, room: Room): Promise<void> {
    let messages;
    let ended: number;
    // A turn that ends while the history is read may be missing in it.
    do {
      ended = room.ended;
      messages = await this.sessions.history(seat.key);
    } while (room.ended !== ended && seat.isOpen);
    if (!seat.isOpen) return;
    const running = this.runs.running(seat.key).map(({ id }) => id);
    seat.joining = undefined;
    seat.socket.deliver(historyFrame(seat.key.id, messages, running));
    seat.offer(running, RESUME_GRACE_MS, (runId) => {
      this.resume(seat, runId, 0).catch((error: unknown) => {
        this.logger.error({ err: error }, 'a run could not be replayed');
        seat.socket.end('failed');
      });
    });
  }

  private roomOf(seat: ChatSeat): Room {
    const key = roomKey(seat);
    let room = this.rooms.get(key);
    if (!room) {
      const unwatch = this.runs.watchSession(seat.key, (frame) => this.show(key, frame));
      room = { seats: new Set(), ended: 0, unwatch };
      this.rooms.set(key, room);
    }
    return room;
  }

  private show(key: string, frame: RunFrame): void {
    const room = this.rooms.get(key);
    if (!room) return;
    const text = wireText(frame);
    const shared = room.seats.size > 1 ? Buffer.from(text) : text;
    for (const seat of room.seats) seat.show(frame.runId, shared);
    const { type } = frame.event;
    if (type !== 'done' && type !== 'error') return;
    room.ended++;
    for (const seat of room.seats) this.letGo(seat);
  }

  /** While the gateway stops, a socket goes when nothing more is to come. */
  private letGo(seat: ChatSeat): void {
    if (!this.emptied || seat.isReplaying || this.runs.running(seat.key).length > 0) return;
    seat.socket.end('draining');
  }
}

function roomKey({ key: { owner, id } }: ChatSeat): string {
  return `${owner}\n${id}`;
}
