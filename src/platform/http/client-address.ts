import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { isAskedByLocalName } from './browser-page';

export type Cidr = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads `10.0.0.0/8`, `::1/128` or a single address; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text.trim());
    const address = ipaddr.process(text.trim());
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

const FORWARDING_HEADERS = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'via',
  'x-forwarded-proto',
  'x-forwarded-host',
  'cf-connecting-ip',
  'tailscale-user-login',
] as const;

/** The peer of the TCP connection, IPv4-mapped addresses as IPv4; `unknown` for a socket that is gone. */
export function peerAddress(request: IncomingMessage): string {
  const address = request.socket.remoteAddress;
  if (!address) return 'unknown';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/**
 * True when a process on this machine is calling directly. A request that any proxy has touched never counts, none by a foreign name (see
 * `isAskedByLocalName`), and none while a tunnel leads to the listener: what comes through it comes from this machine, with headers or without.
 */
export function isDirectLoopback(request: IncomingMessage & { isTunnelled?: boolean }): boolean {
  if (request.isTunnelled === true) return false;
  const peer = peerAddress(request);
  if (peer !== '::1' && !peer.startsWith('127.')) return false;
  if (!isAskedByLocalName(request)) return false;
  return FORWARDING_HEADERS.every((name) => request.headers[name] === undefined);
}

/**
 * The right-most hop of X-Forwarded-For that is not one of our proxies, seen from the peer. The left-most entries are written by
 * the client and prove nothing. The peer itself must be a trusted proxy (or loopback), else its header is ignored.
 */
export function forwardedAddress(request: IncomingMessage, trusted: readonly Cidr[]): string {
  const peer = peerAddress(request);
  const header = request.headers['x-forwarded-for'];
  if (!header || !isTrusted(peer, trusted)) return peer;
  const hops = (Array.isArray(header) ? header.join(',') : header).split(',');
  let client = peer;
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = parseHop(hops[i] ?? '');
    if (!hop) return client;
    client = hop;
    if (!isTrusted(hop, trusted)) return client;
  }
  return client;
}

/** One client of a budget: an IPv4 address, or the /64 network that an IPv6 subscriber owns. */
export function clientKeyOf(address: string): string {
  if (!address.includes(':')) return address;
  try {
    const parts = ipaddr.IPv6.parse(address).parts.slice(0, 4);
    return `${parts.map((part) => part.toString(16)).join(':')}::/64`;
  } catch {
    return address;
  }
}

function isTrusted(address: string, trusted: readonly Cidr[]): boolean {
  if (address === '::1' || address.startsWith('127.')) return true;
  let parsed: ipaddr.IPv4 | ipaddr.IPv6;
  try {
    parsed = ipaddr.process(address);
  } catch {
    return false;
  }
  return trusted.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}

/** Accepts `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1`, `[2001:db8::1]:443`, with blanks or quotes around. */
function parseHop(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(bare);
  const host = bracketed?.[1] ?? (/^[\d.]+:\d+$/.test(bare) ? bare.slice(0, bare.lastIndexOf(':')) : bare);
  return ipaddr.isValid(host) ? ipaddr.process(host).toString() : undefined;
}
