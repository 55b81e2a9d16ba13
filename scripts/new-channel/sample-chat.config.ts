import { IsArray, IsBoolean, IsString } from 'class-validator';
import { IsBaseUrl } from '../../src/channels/core/base-url';
import { Key, Section } from '../../src/platform/config/section';

/** `[channels_config.sample_chat]`: Sample Chat, whose webhook is `/sample-chat`. */
@Section('channels_config.sample_chat', 'Sample Chat. Its webhook is /sample-chat.')
export class SampleChatConfig {
  @Key({
    doc: 'Shared with the platform: proves that a request is its own.',
    env: 'ZEROCLAW_SAMPLE_CHAT_SECRET',
    secret: true,
    live: true,
    example: '…',
  })
  @IsString()
  secret = '';

  @Key({
    doc: 'Take requests without a signature. Whoever reaches the port can then speak for anybody: for tests only.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;

  @Key({ doc: 'Who is answered. "*" is everybody, nothing is nobody.', live: true })
  @IsArray()
  @IsString({ each: true })
  allowed_senders: string[] = [];

  @Key({ doc: "Base URL of the platform's API.", live: true, example: 'https://chat.example.com/api' })
  @IsBaseUrl({ orEmpty: true })
  api_base_url = '';
}
