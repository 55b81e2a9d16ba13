import { IsArray, IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

export const REPLY_AS = ['bot', 'user'] as const;
export type ReplyAs = (typeof REPLY_AS)[number];

/** `[channels_config.nextcloud_talk]`: a bot of Nextcloud Talk, whose webhook is `/nextcloud-talk`. */
@Section('channels_config.nextcloud_talk', 'A bot of Nextcloud Talk. Its webhook is /nextcloud-talk.')
export class NextcloudTalkConfig {
  @Key({
    doc: 'Address of the Nextcloud, with the folder it is installed in.',
    aliases: ['api_base_url'],
    live: true,
    example: 'https://cloud.example.com',
  })
  @IsBaseUrl({ orEmpty: true })
  base_url = '';

  @Key({
    doc: 'The secret that occ talk:bot:install was given. It proves what comes in and signs what goes out.',
    env: 'ZEROCLAW_NEXTCLOUD_TALK_WEBHOOK_SECRET',
    secret: true,
    live: true,
    example: 'b1e6c1f4d0a94a0fb7a5…',
  })
  @IsString()
  webhook_secret = '';

  @Key({
    doc: 'Who is answered: users/alice (or alice for short), guests/<id>, federated_users/alice@other.example.com; "*" is everybody, nothing is nobody.',
    live: true,
    example: ['users/alice'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_users: string[] = [];

  @Key({
    doc: 'Words that a message has to begin with, such as "@claw"; answers to a message of the bot need none. Empty: every message is for the agent.',
    live: true,
    example: ['@claw'],
  })
  @IsArray()
  @IsString({ each: true })
  trigger_words: string[] = [];

  @Key({
    doc: 'Tokens of conversations that nobody but one person and the bot reads: there the memories of that person are recalled. "*" is every conversation.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  private_rooms: string[] = [];

  @Key({
    doc: 'bot: answers are signed with webhook_secret and come from the bot. user: they come from the user whose app_token it is, as in ZeroClaw. Left out: bot, unless there is an app_token and no webhook_secret.',
    live: true,
    example: 'bot',
  })
  @IsOptional()
  @IsIn(REPLY_AS)
  reply_as?: ReplyAs;

  @Key({ doc: 'App password of a user, for reply_as = "user" only.', secret: true, live: true })
  @IsString()
  app_token = '';

  @Key({
    doc: 'Take requests without a signature. Whoever reaches the port can then speak for anybody: for tests only.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;
}
