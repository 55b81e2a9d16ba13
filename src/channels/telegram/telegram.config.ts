import { IsArray, IsBoolean, IsString, Matches } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

/** `[channels_config.telegram]`: a Telegram bot, whose webhook is `/telegram`. */
@Section('channels_config.telegram', 'A Telegram bot. Its webhook is /telegram.')
export class TelegramConfig {
  @Key({
    doc: 'The token that @BotFather gave.',
    env: 'ZEROCLAW_TELEGRAM_BOT_TOKEN',
    secret: true,
    live: true,
    example: '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
  })
  @IsString()
  bot_token = '';

  @Key({
    doc: 'The secret_token that setWebhook was given: 1 to 256 letters, digits, _ and -. It proves that a request is from Telegram.',
    env: 'ZEROCLAW_TELEGRAM_WEBHOOK_SECRET',
    aliases: ['secret_token'],
    secret: true,
    live: true,
    example: '8f742231b10e8888abcd99yyyzzz85a5',
  })
  @Matches(/^\s*[\w-]{0,256}\s*$/, { message: 'only letters, digits, _ and -, as setWebhook allows' })
  webhook_secret = '';

  @Key({
    doc: 'Who is answered: numeric ids of users, or @names (which can change hands). "*" is everybody, nothing is nobody.',
    live: true,
    example: ['1111111'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_users: string[] = [];

  @Key({
    doc: 'Ids of the groups in which allowed users are answered. "*" is every group, nothing is none.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  allowed_chats: string[] = ['*'];

  @Key({
    doc: 'In groups, answer only what names the bot, answers it, or is a command for it (/ask@my_bot).',
    aliases: ['mention_only'],
    live: true,
  })
  @IsBoolean()
  require_mention = true;

  @Key({
    doc: 'Name of the bot, with or without @. Groups need it to see that the bot is named.',
    live: true,
    example: 'my_bot',
  })
  @Matches(/^@?\w{0,64}$/)
  bot_username = '';

  @Key({
    doc: 'Where the Bot API is, for a server of your own (github.com/tdlib/telegram-bot-api).',
    aliases: ['base_url'],
    live: true,
  })
  @IsBaseUrl()
  api_base_url = 'https://api.telegram.org';

  @Key({
    doc: 'Take requests without the secret. Whoever reaches the port can then speak for anybody: for tests only.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;
}
