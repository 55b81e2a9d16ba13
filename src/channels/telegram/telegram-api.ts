import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import type { OutboundPart } from '../core/channel';
import { ChannelHttp, type ChannelAnswer } from '../core/channel-http';
import { DeliveryError, type DeliveryScope } from '../core/delivery-error';
import { idOf, objectOf, textOf, type WireObject } from '../core/wire-value';
import { TelegramConfig } from './telegram.config';

const TABLE = '[channels_config.telegram]';
const MAX_QUOTED = 300;

/**
 * Telegram's Bot API (https://core.telegram.org/bots/api#making-requests). The bot's token is a part of every address, so nothing that
 * a failure says is passed on with it.
 */
@Injectable()
export class TelegramApi {
  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  /**
   * https://core.telegram.org/bots/api#sendmessage. Resolves when Telegram says `ok`; a group that became a supergroup is followed to its
   * new id. Rejects with DeliveryError.
   */
  async sendMessage({ conversation, text, replyTo, index }: OutboundPart, signal: AbortSignal): Promise<void> {
    const message = {
      ...addressOf(conversation),
      // Half a surrogate pair is no UTF-8, and Telegram takes nothing else.
      text: text.toWellFormed(),
      link_preview_options: { is_disabled: true },
      ...(index === 0 &&
        replyTo !== undefined && {
          reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
        }),
    };
    const scope = scopeOf(message.chat_id);
    const answer = await this.call('sendMessage', message, signal);
    const moved = idOf(parametersOf(answer).migrate_to_chat_id);
    if (!moved) return this.confirm(answer, scope);
    // Messages and topics of the old group have other ids in the new one.
    const { text: words, link_preview_options } = message;
    const again = { chat_id: Number(moved), text: words, link_preview_options };
    this.confirm(await this.call('sendMessage', again, signal), scope);
  }

  /** https://core.telegram.org/bots/api#sendchataction */
  async sendTyping(conversation: string, signal: AbortSignal): Promise<void> {
    this.confirm(await this.call('sendChatAction', { ...addressOf(conversation), action: 'typing' }, signal));
  }

  /** The bot's own name. https://core.telegram.org/bots/api#getme */
  async me(signal: AbortSignal): Promise<string> {
    const answer = await this.call('getMe', {}, signal);
    this.confirm(answer);
    return `@${textOf(objectOf(objectOf(answer.json).result).username)}`;
  }

  private call(method: string, json: object, signal: AbortSignal): Promise<ChannelAnswer> {
    const { api_base_url, bot_token } = this.config.get(TelegramConfig);
    return this.http.call({
      url: `${api_base_url.replace(/\/+$/, '')}/bot${bot_token.trim()}/${method}`,
      json,
      signal,
    });
  }

  private confirm(answer: ChannelAnswer, scope: DeliveryScope = 'channel'): void {
    const { status, headers, json } = answer;
    const { ok, description } = objectOf(json);
    if (status === 200 && ok === true) return;
    const words = `HTTP ${status}: ${this.scrubbed(textOf(description)) || 'no words of Telegram'}`;
    if (ok !== false) throw this.notTelegram(status, words);
    switch (status) {
      // A token that never was one is answered as an unknown address.
      case 401:
      case 404:
        throw new DeliveryError('credentials', `${words}. Copy ${TABLE}.bot_token again from @BotFather.`);
      case 429: {
        const seconds = Number(parametersOf(answer).retry_after);
        const wait = seconds >= 0 ? seconds * 1000 : this.http.retryAfterMs(headers['retry-after']);
        throw new DeliveryError('retry', words, wait, { scope });
      }
      default:
        throw new DeliveryError(status >= 500 ? 'retry' : 'permanent', words);
    }
  }

  private notTelegram(status: number, words: string): DeliveryError {
    if (status >= 500 || status === 429 || status === 408) return new DeliveryError('retry', words);
    return new DeliveryError('credentials', `${words}. ${TABLE}.api_base_url does not answer as the Bot API does.`);
  }

  private scrubbed(text: string): string {
    const token = this.config.get(TelegramConfig).bot_token.trim();
    return (token ? text.replaceAll(token, '<bot_token>') : text).slice(0, MAX_QUOTED);
  }
}

/** `<chat>` or `<chat>:<topic>`. */
function addressOf(conversation: string): { chat_id: number; message_thread_id?: number } {
  const [chat, topic] = conversation.split(':');
  return { chat_id: Number(chat), ...(topic && { message_thread_id: Number(topic) }) };
}

/**
 * A group takes 20 messages a minute, which is what runs out there; a person one a second, which we keep to, so that it is the bot's own
 * limit that has run out. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
function scopeOf(chat: number): DeliveryScope {
  return chat < 0 ? 'conversation' : 'channel';
}

function parametersOf({ json }: ChannelAnswer): WireObject {
  return objectOf(objectOf(json).parameters);
}
