import { IsString } from 'class-validator';
import { Key, Section } from '../platform/config/section';

/** `[channels_config.webhook]`: the secret of `POST /webhook`. */
@Section('channels_config.webhook', 'The secret of POST /webhook.')
export class WebhookConfig {
  @Key({
    doc:
      'When set, POST /webhook needs it in X-Webhook-Secret, or a Standard Webhooks signature made with it (a secret that begins with whsec_ is decoded first). ' +
      'With pairing off it also lets callers from other machines use /webhook and /api/chat.',
    env: 'ZEROCLAW_WEBHOOK_SECRET',
    secret: true,
    live: true,
    example: 'whsec_…',
  })
  @IsString()
  secret = '';
}
