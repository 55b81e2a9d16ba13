import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import type { OutboundPart } from '../core/channel';
import { ChannelHttp, type ChannelAnswer } from '../core/channel-http';
import { isConfirmed } from '../core/confirmed';
import { DeliveryError } from '../core/delivery-error';
import { hmacSha256 } from '../core/signature';
import { NextcloudTalkConfig, type ReplyAs } from './nextcloud-talk.config';

const TABLE = '[channels_config.nextcloud_talk]';

/**
 * Writes into conversations of Nextcloud Talk, as the bot (https://nextcloud-talk.readthedocs.io/en/latest/bots/#sending-a-chat-message)
 * or as a user (https://nextcloud-talk.readthedocs.io/en/latest/chat/#sending-a-new-chat-message). `referenceId` names the part, so that
 * one that came twice can be told; Talk itself does not refuse it.
 */
@Injectable()
export class TalkClient {
  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  /** What is missing to answer as the table wants it. */
  problem(): string | undefined {
    const { webhook_secret, app_token } = this.config.get(NextcloudTalkConfig);
    const as = this.replyAs();
    if (as === 'bot' && !webhook_secret.trim()) {
      return `${TABLE}.webhook_secret is missing: the bot signs its answers with the secret that "occ talk:bot:install" was given.`;
    }
    if (as === 'user' && !app_token.trim()) {
      return `${TABLE}.app_token is missing: make an app password under Personal settings, Security, or write reply_as = "bot".`;
    }
    return undefined;
  }

  /** Resolves when Nextcloud has taken it. A quoted message that is gone by now is not quoted. Rejects with DeliveryError. */
  async post(part: OutboundPart, signal: AbortSignal): Promise<void> {
    const quoted = part.index === 0 && part.replyTo !== undefined ? { replyTo: Number(part.replyTo) } : {};
    let answer = await this.call(part, quoted, signal);
    if (answer.status === 400 && 'replyTo' in quoted) answer = await this.call(part, {}, signal);
    if (answer.status !== 201 && !isConfirmed(answer)) throw this.failureOf(answer);
  }

  private call(part: OutboundPart, quoted: object, signal: AbortSignal): Promise<ChannelAnswer> {
    const { base_url } = this.config.get(NextcloudTalkConfig);
    // PHP refuses JSON with half a surrogate pair, and the signature is over the bytes of the text.
    const message = part.text.toWellFormed();
    const { path, headers } = this.replyAs() === 'bot' ? this.asBot(part, message) : this.asUser(part);
    return this.http.call({
      url: `${base_url.replace(/\/+$/, '')}/ocs/v2.php/apps/spreed/api/v1/${path}?format=json`,
      headers: { ...headers, 'OCS-APIRequest': 'true' },
      json: { message, ...quoted, referenceId: createHash('sha256').update(part.id).digest('hex') },
      signal,
    });
  }

  private asBot({ conversation }: OutboundPart, message: string) {
    const random = randomBytes(32).toString('hex');
    const signature = hmacSha256(this.config.get(NextcloudTalkConfig).webhook_secret.trim(), random, message);
    return {
      path: `bot/${encodeURIComponent(conversation)}/message`,
      headers: { 'X-Nextcloud-Talk-Bot-Random': random, 'X-Nextcloud-Talk-Bot-Signature': signature },
    };
  }

  private asUser({ conversation }: OutboundPart) {
    const { app_token } = this.config.get(NextcloudTalkConfig);
    return {
      path: `chat/${encodeURIComponent(conversation)}`,
      headers: { Authorization: `Bearer ${app_token.trim()}` },
    };
  }

  private replyAs(): ReplyAs {
    const { reply_as, webhook_secret, app_token } = this.config.get(NextcloudTalkConfig);
    return reply_as ?? (app_token.trim() && !webhook_secret.trim() ? 'user' : 'bot');
  }

  private failureOf(answer: ChannelAnswer): DeliveryError {
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return new DeliveryError('credentials', notTalk(`HTTP ${status}`));
    if (status >= 300 && status < 400)
      return new DeliveryError('credentials', notTalk(`a redirect to ${String(headers.location)}`));
    switch (status) {
      case 400:
        return new DeliveryError('permanent', 'HTTP 400: Nextcloud refuses the message.');
      case 401:
        return this.refused();
      case 403:
        return new DeliveryError('permanent', 'HTTP 403: the conversation is read-only.');
      case 404:
        return new DeliveryError('permanent', 'HTTP 404: there is no such conversation any more.');
      case 413:
        return new DeliveryError('permanent', 'HTTP 413: the message is longer than this Nextcloud allows.');
      default:
        return this.http.failureOf(answer);
    }
  }

  /** The bot hears 401 also where only one conversation has lost it, which must not keep the others waiting. */
  private refused(): DeliveryError {
    if (this.replyAs() === 'user') {
      return new DeliveryError('credentials', `HTTP 401: ${TABLE}.app_token is not valid: make a new app password.`);
    }
    return new DeliveryError(
      'retry',
      `HTTP 401: ${TABLE}.webhook_secret is not the secret of the bot, or the bot is not enabled in this conversation with the feature ` +
        '"response": see "occ talk:bot:list" and the conversation\'s settings.',
    );
  }
}

function notTalk(what: string): string {
  return `${TABLE}.base_url does not answer as Nextcloud Talk does (${what}): write the address that the browser shows.`;
}
