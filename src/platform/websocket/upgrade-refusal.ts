import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../errors/app-error';
import { sendError } from '../errors/error.filter';
import { setSecurityHeaders } from '../http/prelude';
import type { GatewayRequest } from '../http/principal';
import type { RequestTracker } from '../http/request-tracker';

/** Answers a handshake like any other request that is refused: same body, same headers, counted and logged; then the connection is closed. */
export function refuseUpgrade(request: GatewayRequest, socket: Socket, thrown: unknown, tracker: RequestTracker): void {
  // Node has let go of the connection already: whoever leaves now must not take the process along.
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  tracker.track(request, response);
  setSecurityHeaders(request, response);
  sendError(request, response, thrown instanceof AppError ? thrown : broken(thrown));
}

function broken(cause: unknown): AppError {
  return new AppError(500, 'internal', 'Something went wrong inside the gateway', { cause });
}
