import { createHmac } from 'node:crypto';
import type { ChannelRequest, Verdict } from '../core/channel';
import { headerText, isHmacSha256, sameSecret } from '../core/signature';

const WINDOW_SECONDS = 300;
const MAX_SIGNATURES = 8;
const PREFIX = 'whsec_';

/**
 * Linq signs each delivery twice: by Standard Webhooks (`webhook-*`), and as before in `X-Webhook-Signature` over `<timestamp>.<body>`.
 * Either is proof. https://docs.linqapp.com/guides/webhooks
 */
export function verdictOf(request: ChannelRequest, secret: string): Verdict {
  const verdicts = [standard(request, secret), legacy(request, secret)];
  return (
    verdicts.find((verdict) => verdict === 'genuine') ??
    verdicts.find((verdict) => verdict === 'replayed') ??
    'signature'
  );
}

function legacy({ headers, body, receivedAt }: ChannelRequest, secret: string): Verdict {
  const timestamp = headerText(headers['x-webhook-timestamp']);
  const given = headerText(headers['x-webhook-signature']).replace(/^sha256=/, '');
  if (!isHmacSha256(given, secret, `${timestamp}.`, body)) return 'signature';
  return freshness(timestamp, receivedAt);
}

function standard({ headers, body, receivedAt }: ChannelRequest, secret: string): Verdict {
  const id = headerText(headers['webhook-id']);
  const timestamp = headerText(headers['webhook-timestamp']);
  const given = headerText(headers['webhook-signature']).split(' ', MAX_SIGNATURES);
  if (id === '' || given[0] === '' || !secret.startsWith(PREFIX)) return 'signature';
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  // An empty key would let anybody sign.
  if (key.length === 0) return 'signature';
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  if (!given.some((signature) => sameSecret(signature, `v1,${expected}`))) return 'signature';
  return freshness(timestamp, receivedAt);
}

/** Called for what is signed: the time is the platform's own. */
function freshness(timestamp: string, receivedAt: number): Verdict {
  if (!/^\d{1,15}$/.test(timestamp)) return 'signature';
  return Math.abs(Math.floor(receivedAt / 1000) - Number(timestamp)) <= WINDOW_SECONDS ? 'genuine' : 'replayed';
}
