import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** How a caller showed that they know the webhook secret. */
export type WebhookProof =
  | { by: 'secret' }
  | {
      by: 'signature';
      /** The sender's id of this delivery, the same when it is sent again. */
      deliveryId: string;
    };

/**
 * Checks `X-Webhook-Secret`, or the signature over the raw body when there is one (Standard Webhooks 1.0: `webhook-id`,
 * `webhook-timestamp` at most 5 minutes off, `webhook-signature`). Undefined when neither proves anything.
 */
export function proveWebhook(secret: string, headers: IncomingHttpHeaders, rawBody: Buffer): WebhookProof | undefined {
  if (headers['webhook-signature'] !== undefined) return bySignature(secret, headers, rawBody);
  const given = headers['x-webhook-secret'];
  return typeof given === 'string' && sameText(given.trim(), secret) ? { by: 'secret' } : undefined;
}

function bySignature(secret: string, headers: IncomingHttpHeaders, rawBody: Buffer): WebhookProof | undefined {
  const signed = {
    'webhook-id': String(headers['webhook-id'] ?? ''),
    'webhook-timestamp': String(headers['webhook-timestamp'] ?? ''),
    'webhook-signature': String(headers['webhook-signature']),
  };
  try {
    const webhook = secret.startsWith('whsec_')
      ? new Webhook(secret)
      : new Webhook(Buffer.from(secret), { format: 'raw' });
    webhook.verify(rawBody, signed, { jsonParse: false });
    return { by: 'signature', deliveryId: signed['webhook-id'] };
  } catch {
    return undefined;
  }
}

/** In constant time, whatever the lengths. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
