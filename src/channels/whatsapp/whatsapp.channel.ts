import { Logger } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import type {
  Channel,
  ChannelLimits,
  ChannelRequest,
  HandshakeAnswer,
  InboundMessage,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../core/channel';
import { ChannelHttp } from '../core/channel-http';
import type { ChannelAnswer } from '../core/channel-http';
import { isConfirmed } from '../core/confirmed';
import { DeliveryError } from '../core/delivery-error';
import { RegisterChannel } from '../core/register-channel';
import { headerText, isHmacSha256, sameSecret } from '../core/signature';
import { objectOf, textOf } from '../core/wire-value';
import { graphFailure } from './graph-failure';
import { WhatsAppConfig } from './whatsapp.config';
import { readDelivery } from './whatsapp.payload';

const PREFIX = 'sha256=';
/** Failures of one webhook that are written to the log. */
const MAX_LOGGED = 20;
const TABLE = '[channels_config.whatsapp]';

/**
 * WhatsApp by Meta's Cloud API. People are known by their number with `+`, or by the user ID that stands for it when they hide it.
 * Meta has no idempotency keys and tells nobody what it has sent, so a part whose answer got lost is sent again.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
 */
@RegisterChannel('whatsapp', WhatsAppConfig, { title: 'WhatsApp' })
export class WhatsAppChannel implements Channel {
  readonly limits: ChannelLimits = { maxLength: 4096, perSecond: 1 };
  private readonly logger = new Logger(WhatsAppChannel.name);

  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  /** With nothing of the Cloud API the table is for ZeroClaw's QR client (session_path, pair_*), which this gateway does not run. */
  chosen(): boolean {
    const { phone_number_id, access_token, verify_token, app_secret } = this.settings;
    return [phone_number_id, access_token, verify_token, app_secret].some((value) => value !== '');
  }

  problem(): string | undefined {
    const { phone_number_id, access_token, verify_token, app_secret, allow_unsigned } = this.settings;
    const lacks = (key: string, place: string) => `${TABLE}.${key} is missing: ${place}`;
    if (!phone_number_id && !access_token && !verify_token) {
      return `${TABLE} has no phone_number_id, access_token and verify_token: set all three for the Cloud API (session_path and pair_* belong to ZeroClaw's QR client, which this gateway does not run)`;
    }
    if (!phone_number_id) return lacks('phone_number_id', 'copy it from WhatsApp > API Setup of your Meta app');
    if (!access_token) return lacks('access_token', 'generate one for a system user in Business settings');
    if (!verify_token)
      return lacks('verify_token', 'write the words that WhatsApp > Configuration has as verify token');
    if (!app_secret && !allow_unsigned) {
      return lacks('app_secret', 'copy it from App settings > Basic of your Meta app, or write allow_unsigned = true');
    }
    return undefined;
  }

  handshake({ method, query }: ChannelRequest): HandshakeAnswer | undefined {
    if (method !== 'GET') return undefined;
    const { verify_token } = this.settings;
    const known = verify_token !== '' && sameSecret(query.get('hub.verify_token') ?? '', verify_token);
    if (query.get('hub.mode') !== 'subscribe' || !known) return { status: 403, body: 'Forbidden' };
    const challenge = query.get('hub.challenge');
    return challenge ? { status: 200, body: challenge } : { status: 400, body: 'Missing hub.challenge' };
  }

  verify({ headers, body }: ChannelRequest): Verdict {
    const { app_secret, allow_unsigned } = this.settings;
    if (!app_secret) return allow_unsigned ? 'genuine' : 'unsigned';
    const given = headerText(headers['x-hub-signature-256']);
    const matches = given.startsWith(PREFIX) && isHmacSha256(given.slice(PREFIX.length), app_secret, body);
    return matches ? 'genuine' : 'signature';
  }

  parse({ body, receivedAt }: ChannelRequest): ParsedRequest | undefined {
    const { phone_number_id, allowed_numbers } = this.settings;
    const allowed = new Set(allowed_numbers.map(plain));
    const allows = (sender: string) => allowed.has('*') || allowed.has(plain(sender));
    const delivery = readDelivery(body, { phoneNumberId: phone_number_id, allows, receivedAt });
    for (const { message, part, reason } of delivery?.failures.slice(0, MAX_LOGGED) ?? []) {
      this.logger.warn(
        { message_id: message, part },
        `WhatsApp reports a failure after it had accepted a message: ${reason}`,
      );
    }
    return delivery && { messages: delivery.messages, ignored: delivery.ignored };
  }

  async send({ id, conversation, text, replyTo, index }: OutboundPart, signal: AbortSignal): Promise<void> {
    const quote = index === 0 && replyTo !== undefined ? { context: { message_id: replyTo } } : {};
    await this.post(
      {
        recipient_type: 'individual',
        ...recipient(conversation),
        ...quote,
        type: 'text',
        text: { preview_url: this.settings.preview_url, body: text },
        biz_opaque_callback_data: id,
      },
      signal,
    );
  }

  /** One call sets the blue ticks and the typing sign, which goes away with the answer or after 25 seconds. */
  async begun({ id }: InboundMessage, signal: AbortSignal): Promise<void> {
    if (!this.settings.read_receipts) return;
    await this.post({ status: 'read', message_id: id, typing_indicator: { type: 'text' } }, signal);
  }

  /** The number itself, which only a good token may read. */
  async check(signal: AbortSignal): Promise<string> {
    const { api_base_url, graph_version, phone_number_id, access_token } = this.settings;
    const answer = await this.http.call({
      method: 'GET',
      url: `${api_base_url.replace(/\/+$/, '')}/${graph_version}/${encodeURIComponent(phone_number_id)}?fields=display_phone_number`,
      headers: { authorization: `Bearer ${access_token}` },
      signal,
    });
    const { display_phone_number: number } = objectOf(answer.json);
    if (answer.status !== 200) throw this.failure(answer);
    return textOf(number) || phone_number_id;
  }

  private async post(fields: object, signal: AbortSignal): Promise<void> {
    const { api_base_url, graph_version, phone_number_id, access_token } = this.settings;
    const answer = await this.http.call({
      url: `${api_base_url.replace(/\/+$/, '')}/${graph_version}/${encodeURIComponent(phone_number_id)}/messages`,
      headers: { authorization: `Bearer ${access_token}` },
      json: { messaging_product: 'whatsapp', ...fields },
      signal,
    });
    if (!isConfirmed(answer)) throw this.failure(answer);
  }

  private failure(answer: ChannelAnswer): DeliveryError {
    const byStatus = this.http.failureOf(answer);
    const { failure = byStatus.failure, words, waitMs, scope } = graphFailure(answer);
    if (words === '' && answer.status < 400) {
      return new DeliveryError(
        'credentials',
        `${TABLE}.api_base_url does not lead to the Graph API: ${byStatus.message}`,
      );
    }
    return new DeliveryError(failure, words || byStatus.message, byStatus.retryAfterMs ?? waitMs, { scope });
  }

  private get settings(): Readonly<WhatsAppConfig> {
    const config = this.config.get(WhatsAppConfig);
    return {
      ...config,
      phone_number_id: config.phone_number_id.trim(),
      access_token: config.access_token.trim(),
      verify_token: config.verify_token.trim(),
      app_secret: config.app_secret.trim(),
    };
  }
}

/** A number is the same with and without its +. */
function plain(sender: string): string {
  return sender.trim().replace(/^\+/, '');
}

/** Numbers go to `to`, user IDs to `recipient`: …/whatsapp/business-scoped-user-ids */
function recipient(conversation: string): { to: string } | { recipient: string } {
  return /^\+?\d+$/.test(conversation) ? { to: plain(conversation) } : { recipient: conversation };
}
