import { IsArray, IsBoolean, IsString } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

/** `[channels_config.linq]`: iMessage, RCS and SMS by Linq. */
@Section(
  'channels_config.linq',
  'Linq: iMessage, RCS and SMS. It works once api_token, from_phone and signing_secret are set.',
)
export class LinqConfig {
  @Key({
    doc: 'Bearer token of the Partner API, from Linq.',
    env: 'ZEROCLAW_LINQ_API_TOKEN',
    secret: true,
    live: true,
    example: '…',
  })
  @IsString()
  api_token = '';

  @Key({
    doc: 'Your line at Linq, with + and country code. New chats are opened from it.',
    live: true,
    example: '+12025551234',
  })
  @IsString()
  from_phone = '';

  @Key({
    doc: 'The signing_secret that creating the webhook subscription answered with; Linq shows it once.',
    env: 'ZEROCLAW_LINQ_SIGNING_SECRET',
    secret: true,
    live: true,
    example: 'whsec_…',
  })
  @IsString()
  signing_secret = '';

  @Key({
    doc: 'Take webhooks without signing_secret. Whoever finds the address can then instruct the agent as anybody.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;

  @Key({
    doc: 'Who may write: numbers with + and country code, e-mail addresses of iMessage, or "*" for everybody. Empty: nobody.',
    live: true,
    example: ['+12025559876'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_senders: string[] = [];

  @Key({ doc: 'Base URL of the Partner API.', live: true })
  @IsBaseUrl()
  api_base_url = 'https://api.linqapp.com/api/partner/v3';

  @Key({ doc: 'Mark the chat as read and show the typing sign as soon as the agent takes up a message.', live: true })
  @IsBoolean()
  read_receipts = false;
}
