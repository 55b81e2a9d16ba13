import type { ChannelRequest, Verdict } from '../core/channel';
import { headerText, isHmacSha256 } from '../core/signature';
import { freshness, standardWebhookVerdict, webhookKey } from '../core/standard-webhooks';

/**
 * Linq signs each delivery twice: by Standard Webhooks (`webhook-*`), and as before in `X-Webhook-Signature` over `<timestamp>.<body>`.
 * Either is proof. https://docs.linqapp.com/guides/webhooks
 */
export function verdictOf(request: ChannelRequest, secret: string): Verdict {
  const key = webhookKey(secret);
  const verdicts = [standardWebhookVerdict(request, key ? [key] : []), legacy(request, secret)];
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
