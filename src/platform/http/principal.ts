import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/** What a token may do: talk to the agent, look, or change the gateway. `admin` includes the other two, `chat` and `read` stand alone. */
export type Scope = 'chat' | 'read' | 'admin';

/** Who is calling: a paired device, or the local caller of a gateway that runs without pairing. */
export interface Principal {
  /** Stable id: the first 16 hex digits of the token's hash, or `local`. Sessions and idempotency keys are scoped by it. */
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  /** When its token stops working, in milliseconds since the epoch; undefined for never. */
  readonly expiresAt?: number;
}

export const LOCAL_PRINCIPAL: Principal = { id: 'local', name: null, scopes: ['admin', 'chat', 'read'] };

/** What the front of the gateway has learned about a request before a controller sees it. */
export interface GatewayRequest extends IncomingMessage {
  id: string;
  /** The client's address, see `ClientAddress`. */
  clientKey: string;
  /** A tunnel leads to the listener, so that coming from this machine means nothing. */
  isTunnelled: boolean;
  principal?: Principal;
  /** Parsed JSON body on native routes; undefined when there was none. */
  body?: unknown;
}

export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<GatewayRequest>().principal,
);
