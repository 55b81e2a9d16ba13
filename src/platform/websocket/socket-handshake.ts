import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { BearerGuard, requireScope } from '../http/bearer.guard';
import { GatewayConfig } from '../http/gateway.config';
import { hasBody } from '../http/json-body';
import type { GatewayRequest } from '../http/principal';
import { Lifecycle } from '../lifecycle/lifecycle';
import { isForeignPage } from './browser-origin';
import { handshakeToken } from './handshake-token';
import type { Admission, SocketDoor } from './socket-door';
import { SocketRegistry } from './socket.registry';
import { WebSocketConfig } from './websocket.config';

const KEY = /^[+/0-9A-Za-z]{22}==$/;
const VERSION = '13';

/** Decides about a handshake before anything is upgraded; guards never see it. Every refusal is an ordinary HTTP answer. */
@Injectable()
export class SocketHandshake {
  constructor(
    private readonly config: ConfigService,
    private readonly bearer: BearerGuard,
    private readonly lifecycle: Lifecycle,
    private readonly sockets: SocketRegistry,
  ) {}

  /** Who may open the socket, and for what; throws the AppError that is to be answered. */
  admit(request: GatewayRequest, door: SocketDoor): Admission {
    assertUpgrade(request);
    if (this.lifecycle.state === 'draining') throw draining();
    this.assertOrigin(request);
    const query = queryOf(request);
    const principal = this.bearer.admit(request, handshakeToken(request, query), { unauthorized: UNAUTHORIZED });
    request.principal = principal;
    requireScope(principal, door.scopes);
    const ticket = door.ticket(query);
    this.sockets.assertRoomFor(principal);
    return { principal, requestId: request.id, clientKey: request.clientKey, ticket };
  }

  private assertOrigin(request: IncomingMessage): void {
    const { require_pairing: withTokens, trust_forwarded_headers: trustForwarded } = this.config.get(GatewayConfig);
    const { allowed_origins: allowed } = this.config.get(WebSocketConfig);
    if (!isForeignPage(request, { allowed, withoutTokens: !withTokens, trustForwarded })) return;
    throw new AppError(
      403,
      'socket.foreign_origin',
      `Pages of ${request.headers.origin?.slice(0, 200)} may not open sockets here: list it in [gateway.websocket] allowed_origins`,
    );
  }
}

const UNAUTHORIZED =
  'Unauthorized — send a token as Authorization: Bearer <token>, as Sec-WebSocket-Protocol: bearer.<token> or as ?token=<token>';

/** RFC 6455, §4.2.1. */
function assertUpgrade(request: IncomingMessage): void {
  const { method, headers } = request;
  if (method !== 'GET') {
    throw new AppError(405, 'request.method_not_allowed', 'A WebSocket is opened with GET', {
      headers: { Allow: 'GET' },
    });
  }
  if (headers['sec-websocket-version'] !== VERSION) {
    throw new AppError(426, 'socket.version', `Only version ${VERSION} of the WebSocket protocol is spoken here`, {
      headers: { 'Sec-WebSocket-Version': VERSION },
    });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    throw new AppError(400, 'socket.handshake', 'The Sec-WebSocket-Key header must be 16 bytes in base64');
  }
  // It would be taken for frames.
  if (hasBody(request)) throw new AppError(400, 'socket.handshake', 'A handshake has no body');
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : url.slice(start + 1));
}

function draining(): AppError {
  return new AppError(
    503,
    'gateway.draining',
    'The gateway is stopping; connect again, another replica or the restarted gateway will answer',
    {
      retryAfter: 1,
    },
  );
}
