import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopbackHost } from './listen-address';

/**
 * True when the caller asked for this machine by a name that nobody else can give it: `localhost`, or an address. A page can have its own
 * name point to this machine and is then of the same origin as the gateway (DNS rebinding); its name still stands in `Host`.
 */
export function isAskedByLocalName({ headers: { host } }: IncomingMessage): boolean {
  if (host === undefined) return true;
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return isLoopbackHost(name) || name.endsWith('.localhost') || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

/** True for scripts and forms of pages from elsewhere than this machine: browsers let them send simple requests anywhere, and say where they are from. */
export function isPageFromElsewhere({ headers: { origin } }: IncomingMessage): boolean {
  return origin !== undefined && !(URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname));
}
