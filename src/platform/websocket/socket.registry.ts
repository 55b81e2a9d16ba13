import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock';
import { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { EventBus } from '../events/event-bus';
import type { Principal } from '../http/principal';
import type { SocketEnd } from './closing';
import type { GatewaySocket, SocketHost } from './gateway-socket';
import './socket.events';
import { WebSocketConfig } from './websocket.config';

const SWEEP_EVERY_MS = 1_000;

/**
 * Every open socket. One sweep a second serves them all: it pings, cuts off who has not answered, and ends those whose token has expired.
 */
@Injectable()
export class SocketRegistry implements SocketHost, OnApplicationBootstrap, OnApplicationShutdown {
  /** Since the start of the process. */
  framesIn = 0;
  framesOut = 0;
  private readonly logger = new Logger('Sockets');
  private readonly open = new Set<GatewaySocket>();
  private readonly perPrincipal = new Map<string, number>();
  private corked: GatewaySocket[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  get size(): number {
    return this.open.size;
  }

  get maxBufferedBytes(): number {
    return this.config.get(WebSocketConfig).max_buffered_bytes;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sweep(), SWEEP_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  all(): Iterable<GatewaySocket> {
    return this.open;
  }

  /** Throws when one more would be too many. */
  assertRoomFor({ id }: Principal): void {
    const { max_sockets: most, max_sockets_per_token: mostOfOne } = this.config.get(WebSocketConfig);
    if ((this.perPrincipal.get(id) ?? 0) >= mostOfOne) {
      const message = `This token has ${mostOfOne} sockets open already; close some`;
      throw new AppError(429, 'socket.too_many', message, { retryAfter: 5 });
    }
    if (this.open.size >= most) {
      throw new AppError(503, 'socket.full', 'The gateway has no room for another socket', { retryAfter: 5 });
    }
  }

  add(socket: GatewaySocket): void {
    const { principal, requestId, clientKey } = socket.admission;
    socket.nextPingAt = performance.now() + this.pingEveryMs;
    this.open.add(socket);
    this.perPrincipal.set(principal.id, (this.perPrincipal.get(principal.id) ?? 0) + 1);
    this.logger.debug({ request_id: requestId, client: clientKey, principal: principal.id }, 'a socket opened');
  }

  /** @param code of the close frame; 1006 when there was none */
  remove(socket: GatewaySocket, code: number): void {
    if (!this.open.delete(socket)) return;
    const { principal, requestId } = socket.admission;
    const left = (this.perPrincipal.get(principal.id) ?? 1) - 1;
    if (left > 0) this.perPrincipal.set(principal.id, left);
    else this.perPrincipal.delete(principal.id);
    const reason: SocketEnd = socket.ended ?? (code === 1006 ? 'lost' : 'client');
    this.logger.debug({ request_id: requestId, principal: principal.id, reason, code }, 'a socket closed');
    this.events.emit('socket.closed', { reason });
  }

  /** @param ids public ids of principals */
  revoke(ids: ReadonlySet<string>): void {
    for (const socket of this.open) if (ids.has(socket.admission.principal.id)) socket.end('revoked');
  }

  sent(socket: GatewaySocket): void {
    this.framesOut++;
    if (socket.corked) return;
    socket.corked = true;
    // What one packet from upstream brings is handled before setImmediate fires, so it leaves as one packet, at no cost in time.
    if (this.corked.push(socket) === 1) setImmediate(() => this.uncork());
  }

  private uncork(): void {
    const written = this.corked;
    this.corked = [];
    for (const socket of written) {
      socket.corked = false;
      socket.wire?.uncork();
    }
  }

  private sweep(): void {
    const now = this.clock.now();
    const uptime = performance.now();
    const pingEvery = this.pingEveryMs;
    for (const socket of this.open) {
      const { expiresAt } = socket.admission.principal;
      if (expiresAt !== undefined && now >= expiresAt) socket.end('expired');
      if (uptime < socket.nextPingAt || socket.readyState !== socket.OPEN) continue;
      if (socket.awaitsPong) {
        socket.cut('no_pong');
        continue;
      }
      socket.awaitsPong = true;
      socket.nextPingAt = uptime + pingEvery;
      socket.ping();
    }
  }

  private get pingEveryMs(): number {
    return this.config.get(WebSocketConfig).ping_interval_secs * 1000;
  }
}
