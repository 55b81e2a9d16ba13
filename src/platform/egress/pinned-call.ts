import type { LookupAddress } from 'node:dns';
import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { GuardedAnswer } from './guarded-request';
import { ACCEPT_ENCODING, readBounded } from './read-bounded';
import type { Hop } from './redirect';

export interface CallLimits {
  signal: AbortSignal;
  maxBytes: number;
  /** Milliseconds until opening the connection is given up. */
  connectTimeout: number;
  /** False leaves the body of an answer with this status unread. */
  wantsBody: (status: number) => boolean;
}

/**
 * Sends one request over a connection of its own that can only go to `addresses`: the name is never looked up again, so that an answer
 * of DNS that changes between the check and the connection changes nothing. The connection is closed with the answer.
 */
export async function ask(hop: Hop, addresses: readonly LookupAddress[], limits: CallLimits): Promise<GuardedAnswer> {
  // Loaded by the first call, like the pool for configured hosts.
  const { Client } = await import('undici');
  const client = new Client(hop.url.origin, {
    connect: { lookup: pinnedTo(addresses), timeout: limits.connectTimeout },
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });
  try {
    const answer = await client.request({
      path: hop.url.pathname + hop.url.search,
      method: hop.method,
      headers: { 'accept-encoding': ACCEPT_ENCODING, ...hop.headers },
      body: hop.body ?? null,
      signal: limits.signal,
      reset: true,
    });
    const { url } = hop;
    const status = answer.statusCode;
    const headers = joined(answer.headers);
    if (!limits.wantsBody(status)) {
      answer.body.on('error', () => undefined).destroy();
      return { url, status, headers, body: Buffer.alloc(0), cut: false };
    }
    const encoding = hop.method === 'HEAD' ? '' : (headers['content-encoding'] ?? '');
    const { bytes, cut } = await readBounded(answer.body, encoding, limits.maxBytes);
    return { url, status, headers, body: bytes, cut };
  } finally {
    void client.destroy();
  }
}

function joined(received: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(received).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  const [first] = addresses;
  return (_host, { all }, callback) => {
    if (!first) callback(Object.assign(new Error('the host has no address'), { code: 'ENOTFOUND' }), '', 0);
    else if (all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}
