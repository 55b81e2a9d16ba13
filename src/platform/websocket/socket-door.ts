import type { WebSocketServer } from 'ws';
import type { Principal, Scope } from '../http/principal';

/** What a gateway's `@WebSocketGateway<SocketDoor>({…})` says about who may open a socket to it. */
export interface SocketDoor {
  path: string;
  /** The token needs one of these. */
  scopes: readonly Scope[];
  /** Reads what the client asks for in the query; throws what it is answered instead of the upgrade. */
  ticket(query: URLSearchParams): string;
}

export interface OpenDoor extends SocketDoor {
  server: WebSocketServer;
}

/** What was settled at the handshake. */
export interface Admission {
  readonly principal: Principal;
  /** The id of the handshake's request, for the log. */
  readonly requestId: string;
  readonly clientKey: string;
  /** What `SocketDoor.ticket` has read. */
  readonly ticket: string;
}
