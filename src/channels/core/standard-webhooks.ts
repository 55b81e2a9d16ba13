import { createHmac } from 'node:crypto';
import type { ChannelRequest, Verdict } from './channel';
import { headerText, sameSecret } from './signature';

const WINDOW_SECONDS = 300;
/** Signatures that are looked at; a sender has as many as it has secrets. */
const MAX_SIGNATURES = 8;
const PREFIX = 'whsec_';

/** The bytes of a secret `whsec_<base64>`; undefined when it is none, or an empty one, with which anybody could sign. */
export function webhookKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return key.length === 0 ? undefined : key;
}

/**
 * Checks a request by Standard Webhooks (https://www.standardwebhooks.com, spec 1.0): one of the `v1` signatures in `webhook-signature`
 * made with one of the keys over id, time and the raw bytes; in constant time. `replayed`: signed, but more than 5 minutes off.
 */
export function standardWebhookVerdict(request: ChannelRequest, keys: readonly Buffer[]): Verdict {
  const { headers, body, receivedAt } = request;
  const id = headerText(headers['webhook-id']);
  const timestamp = headerText(headers['webhook-timestamp']);
  const given = headerText(headers['webhook-signature']).split(' ', MAX_SIGNATURES);
  if (id === '' || given[0] === '') return 'signature';
  const expected = keys.map((key) => signature(key, { id, timestamp, body }));
  if (!given.some((one) => expected.some((other) => sameSecret(one, other)))) return 'signature';
  return freshness(timestamp, receivedAt);
}

/** `genuine` or `replayed` for the seconds that a sender has signed; `signature` when they are none. */
export function freshness(timestamp: string, receivedAt: number): Verdict {
  if (!/^\d{1,15}$/.test(timestamp)) return 'signature';
  return Math.abs(Math.floor(receivedAt / 1000) - Number(timestamp)) <= WINDOW_SECONDS ? 'genuine' : 'replayed';
}

/** The headers that prove to a receiver who sends; signed with each key, so that the receiver may have either while one is replaced. */
export function standardWebhookHeaders(
  { id, body, now }: { id: string; body: string; /** Milliseconds. */ now: number },
  keys: readonly Buffer[],
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = keys.map((key) => signature(key, { id, timestamp, body }));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}

function signature(
  key: Buffer,
  { id, timestamp, body }: { id: string; timestamp: string; body: Buffer | string },
): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}
