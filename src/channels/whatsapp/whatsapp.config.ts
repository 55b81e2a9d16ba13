import { IsArray, IsBoolean, IsString, Matches } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

/** `[channels_config.whatsapp]`: WhatsApp Business Platform, Cloud API. */
@Section(
  'channels_config.whatsapp',
  'WhatsApp, by the Cloud API of Meta. It works once phone_number_id, access_token, verify_token and app_secret are set.',
)
export class WhatsAppConfig {
  @Key({
    doc: 'The ID of the phone number, not the number itself: WhatsApp > API Setup.',
    live: true,
    example: '106540352242922',
  })
  @IsString()
  phone_number_id = '';

  @Key({
    doc: 'Token that sends messages: the one of a system user with whatsapp_business_messaging, which does not expire.',
    env: 'ZEROCLAW_WHATSAPP_ACCESS_TOKEN',
    secret: true,
    live: true,
    example: 'EAAG…',
  })
  @IsString()
  access_token = '';

  @Key({
    doc: 'Any words of your own; the same ones go into WhatsApp > Configuration > Webhook > Verify token.',
    env: 'ZEROCLAW_WHATSAPP_VERIFY_TOKEN',
    secret: true,
    live: true,
    example: '…',
  })
  @IsString()
  verify_token = '';

  @Key({
    doc: 'App settings > Basic > App secret. Meta signs every webhook with it.',
    env: 'ZEROCLAW_WHATSAPP_APP_SECRET',
    secret: true,
    live: true,
    example: '…',
  })
  @IsString()
  app_secret = '';

  @Key({
    doc: 'Take webhooks without app_secret. Whoever finds the address can then instruct the agent as anybody.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;

  @Key({
    doc: 'Who may write: numbers with + and country code, user IDs (US.1349…) of people who hide their number, or "*" for everybody. Empty: nobody.',
    live: true,
    example: ['+16505551234'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_numbers: string[] = [];

  @Key({ doc: 'Version of the Graph API that is called.', live: true })
  @Matches(/^v\d+\.\d+$/, { message: '$property must look like v26.0' })
  graph_version = 'v26.0';

  @Key({ doc: 'Base URL of the Graph API.', live: true })
  @IsBaseUrl()
  api_base_url = 'https://graph.facebook.com';

  @Key({ doc: 'Show the blue ticks and the typing sign as soon as the agent takes up a message.', live: true })
  @IsBoolean()
  read_receipts = false;

  @Key({ doc: 'Show a preview of the first link of an answer.', live: true })
  @IsBoolean()
  preview_url = false;
}
