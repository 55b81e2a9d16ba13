import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inCohort } from '../cohort';
import type { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { sendError } from '../errors/error.filter';
import { runWithRequestId } from '../logging/request-context';
import { clientKeyOf, forwardedAddress, parseCidr, peerAddress } from './client-address';
import type { Cidr } from './client-address';
import type { Prelude } from './express-front';
import { jsonBody } from './json-body';
import { GatewayConfig } from './gateway.config';
import type { GatewayRequest } from './principal';
import type { RequestTracker } from './request-tracker';

const GIVEN_ID = /^[\w.:-]{1,128}$/;

/** What a tunnel in front of the listener means for those who come through it. */
export interface TunnelFront {
  isOpen: boolean;
  /** It adds the client's address to X-Forwarded-For itself, whatever the client had written there. */
  namesClients: boolean;
}

const NO_TUNNEL: TunnelFront = { isOpen: false, namesClients: false };

/** What is learned of every request before anything is decided about it, upgrades among them. */
export class RequestFront {
  private proxies: { source: readonly string[]; ranges: Cidr[] } = { source: [], ranges: [] };

  constructor(
    private readonly config: ConfigService,
    readonly tracker: RequestTracker,
    private readonly tunnel: TunnelFront = NO_TUNNEL,
  ) {}

  /** Gives it an id (the caller's `X-Request-Id` when it is a plain word) and the client's address. */
  begin(raw: IncomingMessage): GatewayRequest {
    const request = raw as GatewayRequest;
    const given = request.headers['x-request-id'];
    request.id = typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID();
    request.clientKey = this.clientKey(request);
    request.isTunnelled = this.tunnel.isOpen;
    return request;
  }

  private clientKey(request: IncomingMessage): string {
    const gateway = this.config.get(GatewayConfig);
    if (!gateway.trust_forwarded_headers) {
      // A tunnel calls from this machine, which is believed without being listed.
      return clientKeyOf(this.tunnel.namesClients ? forwardedAddress(request, []) : peerAddress(request));
    }
    if (this.proxies.source !== gateway.trusted_proxies) {
      const ranges = gateway.trusted_proxies.map(parseCidr).filter((range) => range !== undefined);
      this.proxies = { source: gateway.trusted_proxies, ranges };
    }
    return clientKeyOf(forwardedAddress(request, this.proxies.ranges));
  }
}

/**
 * What happens to every request before any route is looked for: id, address, security headers, the count of requests in flight, and the
 * JSON body of native routes.
 */
export function createPrelude(front: RequestFront, rawPaths: ReadonlySet<string> = new Set()): Prelude {
  return (raw: IncomingMessage, response: ServerResponse, next: () => void) => {
    const request = front.begin(raw);
    setSecurityHeaders(request, response);
    front.tracker.track(request, response);
    inCohort(() => {
      // Its client has left already.
      if (response.destroyed) return;
      runWithRequestId(request.id, () => {
        if (request.url?.includes('%00')) sendError(request, response, nulInAddress());
        else if (isRaw(request, rawPaths)) next();
        else jsonBody(request, response, (error) => (error ? sendError(request, response, error) : next()));
      });
    });
  };
}

export function setSecurityHeaders(request: GatewayRequest, response: ServerResponse): void {
  response.setHeader('X-Request-Id', request.id);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('X-XSS-Protection', '0');
  response.setHeader('Referrer-Policy', 'strict-origin-when-cross-origin');
  response.setHeader('Cache-Control', 'no-store');
}

/** No id, name or search has one, and PostgreSQL takes none. */
function nulInAddress(): AppError {
  return new AppError(400, 'request.invalid_address', 'The address must not have a NUL character (%00) in it');
}

/** Paths of their own read their bodies themselves; `/v1` is known to be none of them. Express takes any case and a slash at the end. */
function isRaw({ url = '' }: IncomingMessage, rawPaths: ReadonlySet<string>): boolean {
  if (url.startsWith('/v1/')) return false;
  const end = url.indexOf('?');
  const path = (end === -1 ? url : url.slice(0, end)).toLowerCase();
  return rawPaths.has(path.endsWith('/') ? path.slice(0, -1) : path);
}
