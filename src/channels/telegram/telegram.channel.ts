import { ConfigService } from '../../platform/config/config.service';
import type {
  Channel,
  ChannelRequest,
  Ignored,
  InboundMessage,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../core/channel';
import { RegisterChannel } from '../core/register-channel';
import { headerText, sameSecret } from '../core/signature';
import { TelegramApi } from './telegram-api';
import { TelegramConfig } from './telegram.config';
import { parseTelegram, type TelegramMessage } from './telegram.payload';

const TABLE = '[channels_config.telegram]';
const TOKEN = /^\d+:[\w-]+$/;
const WELCOME = 'Hello! Write me a message and I will answer it.';
const TEXT_ONLY = 'I can only read text here. Please write what you would like to know.';

/**
 * A Telegram bot behind a webhook (https://core.telegram.org/bots/api#setwebhook). Telegram does not sign its updates: the secret token in
 * a header proves where they come from. Answers are plain text: what a model writes as Markdown is seldom valid in Telegram's dialects, and
 * one wrong character would make Telegram refuse the whole message.
 */
@RegisterChannel('telegram', TelegramConfig)
export class TelegramChannel implements Channel {
  /** 4096 characters; one message per second and chat (https://core.telegram.org/bots/faq#broadcasting-to-users). */
  readonly limits = { maxLength: 4096, perSecond: 1 };

  constructor(
    private readonly config: ConfigService,
    private readonly api: TelegramApi,
  ) {}

  problem(): string | undefined {
    const { bot_token, webhook_secret, allow_unsigned } = this.settings;
    if (!TOKEN.test(bot_token.trim())) {
      return `${TABLE}.bot_token is ${bot_token.trim() ? 'no token of a bot' : 'missing'}: copy it from @BotFather, such as "110201543:AAH…".`;
    }
    if (!webhook_secret.trim() && !allow_unsigned) {
      return `${TABLE}.webhook_secret is missing: make one up and give it to setWebhook as secret_token.`;
    }
    return undefined;
  }

  verify({ headers }: ChannelRequest): Verdict {
    const { webhook_secret, allow_unsigned } = this.settings;
    const secret = webhook_secret.trim();
    if (!secret) return allow_unsigned ? 'genuine' : 'unsigned';
    return sameSecret(headerText(headers['x-telegram-bot-api-secret-token']), secret) ? 'genuine' : 'signature';
  }

  parse({ body, receivedAt }: ChannelRequest): ParsedRequest | undefined {
    const { bot_token, bot_username, require_mention } = this.settings;
    const id = bot_token.trim().split(':', 1)[0] ?? '';
    const update = parseTelegram(body, { id, username: bot_username.replace(/^@/, '') });
    if (!update) return undefined;
    if (update.kind !== 'message') return ignored(update.kind === 'bot' ? 'own' : 'not_a_message');
    if (!this.allows(update)) return ignored('not_allowed');
    if (update.group && require_mention && !update.addressed) return ignored('not_mentioned');
    return { messages: [inbound(update, receivedAt)], ignored: [] };
  }

  send(part: OutboundPart, signal: AbortSignal): Promise<void> {
    return this.api.sendMessage(part, signal);
  }

  /** "typing…", for the next five seconds. */
  begun({ conversation }: InboundMessage, signal: AbortSignal): Promise<void> {
    return this.api.sendTyping(conversation, signal);
  }

  check(signal: AbortSignal): Promise<string> {
    return this.api.me(signal);
  }

  private allows({ sender, username, group, chat }: TelegramMessage): boolean {
    const { allowed_users, allowed_chats } = this.settings;
    if (group && !allowed_chats.some((entry) => entry.trim() === '*' || entry.trim() === chat)) return false;
    const names = new Set(['*', sender, ...(username ? [username.toLowerCase()] : [])]);
    return allowed_users.some((entry) => names.has(entry.trim().replace(/^@/, '').toLowerCase()));
  }

  private get settings(): Readonly<TelegramConfig> {
    return this.config.get(TelegramConfig);
  }
}

function inbound(message: TelegramMessage, receivedAt: number): InboundMessage {
  const { id, chat, topic, group, sender, text, attached, sentAt } = message;
  const notice = text === '' ? TEXT_ONLY : /^\/start(\s|$)/.test(text) ? WELCOME : undefined;
  return {
    id: `${chat}:${id}`,
    conversation: topic ? `${chat}:${topic}` : chat,
    sender,
    text: [text, ...(attached ? [`[attached, not readable here: ${attached}]`] : [])].filter(Boolean).join('\n'),
    sentAt: sentAt ?? receivedAt,
    replyTo: id,
    ...(group && { audience: 'public' }),
    ...(notice && { notice }),
  };
}

function ignored(why: Ignored): ParsedRequest {
  return { messages: [], ignored: [why] };
}
