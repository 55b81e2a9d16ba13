import { IsArray, IsBoolean, IsString } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

/** `[channels_config.slack]`: a Slack app, whose request URL for events is `/slack`. */
@Section('channels_config.slack', 'A Slack app. Its request URL for events is /slack.')
export class SlackConfig {
  @Key({
    doc: 'Bot User OAuth Token of the app.',
    env: 'ZEROCLAW_SLACK_BOT_TOKEN',
    secret: true,
    live: true,
    example: 'xoxb-…',
  })
  @IsString()
  bot_token = '';

  @Key({
    doc: 'Signing Secret of the app (Basic Information). It proves that a request is from Slack.',
    env: 'ZEROCLAW_SLACK_SIGNING_SECRET',
    secret: true,
    live: true,
    example: '8f742231b10e8888abcd99yyyzzz85a5',
  })
  @IsString()
  signing_secret = '';

  @Key({
    doc: 'IDs of the people who are answered. "*" is everybody, nothing is nobody.',
    live: true,
    example: ['U061F7AUR'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_users: string[] = [];

  @Key({
    doc: 'IDs of the channels in which allowed people are answered. "*" is every channel, nothing is none.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  allowed_channels: string[] = ['*'];

  @Key({ doc: 'In channels, answer only what mentions the app. Direct messages need no mention.', live: true })
  @IsBoolean()
  require_mention = true;

  @Key({ doc: 'Where the Web API is, for GovSlack, a proxy or a test.', live: true })
  @IsBaseUrl()
  api_base_url = 'https://slack.com/api';

  @Key({
    doc: 'Take requests without a signature. Whoever reaches the port can then speak for anybody: for tests only.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;
}
