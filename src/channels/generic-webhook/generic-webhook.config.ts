import { IsArray, IsBoolean, IsInt, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

/** `[channels_config.generic_webhook]`: messages and answers as Standard Webhooks. `[channels_config.webhook]` is about POST /webhook. */
@Section(
  'channels_config.generic_webhook',
  'Standard Webhooks in and out, for a system of your own. Its webhook is /generic-webhook.',
)
export class GenericWebhookConfig {
  @Key({
    doc: 'Where answers are posted to.',
    env: 'ZEROCLAW_GENERIC_WEBHOOK_URL',
    aliases: ['api_base_url'],
    live: true,
    example: 'https://chat.example.com/replies',
  })
  @IsBaseUrl({ orEmpty: true, withQuery: true })
  url = '';

  @Key({
    doc: 'Proves what comes in and signs what goes out: whsec_ and the base64 of 24 bytes or more. Several, with spaces between them, while one is replaced.',
    env: 'ZEROCLAW_GENERIC_WEBHOOK_SIGNING_SECRET',
    secret: true,
    live: true,
    example: 'whsec_…',
  })
  @IsString()
  signing_secret = '';

  @Key({
    doc: 'Take messages without a signature, and sign nothing. Whoever reaches the port can then speak for anybody: for tests only.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;

  @Key({
    doc: 'Senders that are answered, exactly as they are named. "*" is everybody, nothing is nobody.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  allowed_senders: string[] = [];

  @Key({ doc: 'Characters of one part of an answer; a longer answer is posted in several.', live: true })
  @IsInt()
  @Min(100)
  @Max(1_000_000)
  max_length = 10_000;
}
