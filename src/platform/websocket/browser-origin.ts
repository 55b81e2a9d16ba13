import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../http/listen-address';

export interface OriginRule {
  /** `[gateway.websocket] allowed_origins`. */
  allowed: readonly string[];
  /** Nobody needs a token, so what a page was loaded from is all that keeps it out. */
  withoutTokens: boolean;
  /** Proxies are believed about the host that the browser asked for. */
  trustForwarded: boolean;
}

/**
 * True for a script of a page that the gateway did not serve: browsers let every page open a socket to everywhere and send along where the page
 * is from. Clients that are no browsers send no `Origin`. Without tokens the page has to come from this machine by name as well, since a
 * foreign name can be made to point at it (DNS rebinding).
 */
export function isForeignPage(
  request: IncomingMessage,
  { allowed, withoutTokens, trustForwarded }: OriginRule,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined || allowed.includes('*')) return false;
  if (allowed.some((one) => one.toLowerCase().replace(/\/$/, '') === origin.toLowerCase())) return false;
  const page = parse(origin);
  if (!page) return true;
  if (withoutTokens && !isLoopbackHost(page.hostname)) return true;
  const forwarded = request.headers['x-forwarded-host'];
  const hosts = [request.headers.host, ...(trustForwarded && typeof forwarded === 'string' ? [forwarded] : [])];
  return !hosts.some((host) => host !== undefined && parse(`${page.protocol}//${host}`)?.host === page.host);
}

function parse(origin: string): URL | undefined {
  return URL.canParse(origin) ? new URL(origin) : undefined;
}
