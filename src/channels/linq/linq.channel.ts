import { createHash } from 'node:crypto';
import { ConfigService } from '../../platform/config/config.service';
import type {
  Channel,
  ChannelLimits,
  ChannelRequest,
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
import { idOf, objectOf, textOf } from '../core/wire-value';
import { verdictOf } from './linq-signature';
import { LinqConfig } from './linq.config';
import { readEvent } from './linq.payload';

const TABLE = '[channels_config.linq]';
const NUMBER = /^\+\d+$/;

/**
 * iMessage, RCS and SMS by Linq's Partner API v3. A conversation is a chat's ID; a number stands for the chat with it, which is opened
 * when there is none. Linq takes idempotency keys, so a part is never shown twice. https://docs.linqapp.com/getting-started/key-concepts
 */
@RegisterChannel('linq', LinqConfig)
export class LinqChannel implements Channel {
  /** Linq cuts off at 10,000 characters and 30 messages a minute: https://docs.linqapp.com/guides/platform/rate-limits */
  readonly limits: ChannelLimits = { maxLength: 10_000, perSecond: 1 };

  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  problem(): string | undefined {
    const { api_token, from_phone, signing_secret, allow_unsigned } = this.settings;
    const lacks = (key: string, place: string) => `${TABLE}.${key} is missing: ${place}`;
    if (!api_token) return lacks('api_token', 'copy the bearer token that Linq gave you');
    if (!from_phone) return lacks('from_phone', 'write the number of your line at Linq, such as +12025551234');
    if (!signing_secret && !allow_unsigned) {
      return lacks(
        'signing_secret',
        'copy it from the answer that created the webhook subscription, or write allow_unsigned = true',
      );
    }
    return undefined;
  }

  verify(request: ChannelRequest): Verdict {
    const { signing_secret, allow_unsigned } = this.settings;
    if (!signing_secret) return allow_unsigned ? 'genuine' : 'unsigned';
    return verdictOf(request, signing_secret);
  }

  parse({ body, receivedAt }: ChannelRequest): ParsedRequest | undefined {
    const allowed = new Set(this.settings.allowed_senders.map(plain));
    const allows = (sender: string) => allowed.has('*') || allowed.has(plain(sender));
    return readEvent(body, { allows, receivedAt });
  }

  async send({ id, conversation, text }: OutboundPart, signal: AbortSignal): Promise<void> {
    const message = { parts: [{ type: 'text', value: text }], idempotency_key: keyOf(id) };
    const answer = await this.post(`${chatPath(conversation)}/messages`, { message }, signal);
    if (answer.status !== 404 || !NUMBER.test(conversation)) return this.confirmed(answer);
    const from = this.settings.from_phone;
    this.confirmed(await this.post('/chats', { from, to: [conversation], message }, signal));
  }

  async begun({ conversation }: InboundMessage, signal: AbortSignal): Promise<void> {
    if (!this.settings.read_receipts) return;
    for (const sign of ['read', 'typing']) {
      const answer = await this.post(`${chatPath(conversation)}/${sign}`, undefined, signal);
      this.confirmed(answer);
    }
  }

  private post(path: string, json: object | undefined, signal: AbortSignal): Promise<ChannelAnswer> {
    const { api_base_url, api_token } = this.settings;
    return this.http.call({
      url: api_base_url.replace(/\/+$/, '') + path,
      headers: { authorization: `Bearer ${api_token}` },
      json,
      signal,
    });
  }

  /** Throws unless Linq has done it. */
  private confirmed(answer: ChannelAnswer): void {
    if (!isConfirmed(answer)) throw this.failure(answer);
  }

  /** Linq's errors are `{"error": {code, message, retry_after}, "trace_id"}`. https://docs.linqapp.com/error */
  private failure(answer: ChannelAnswer): DeliveryError {
    const { failure, message, retryAfterMs } = this.http.failureOf(answer);
    const body = objectOf(answer.json);
    const { code, message: told, retry_after: seconds } = objectOf(body['error']);
    const words = [idOf(code), textOf(told), body['trace_id'] ? `(trace ${textOf(body['trace_id'])})` : '']
      .filter(Boolean)
      .join(' ');
    if (words === '' && answer.status < 400) {
      return new DeliveryError('credentials', `${TABLE}.api_base_url does not lead to Linq: ${message}`);
    }
    const waitMs = retryAfterMs ?? (typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined);
    // 30 messages a minute and pair of numbers: https://docs.linqapp.com/guides/platform/rate-limits
    const scope = answer.status === 429 ? 'conversation' : 'channel';
    // 409: an attempt with the same key is still under way.
    return new DeliveryError(answer.status === 409 ? 'retry' : failure, words || message, waitMs, { scope });
  }

  private get settings(): Readonly<LinqConfig> {
    const config = this.config.get(LinqConfig);
    return {
      ...config,
      api_token: config.api_token.trim(),
      from_phone: config.from_phone.trim(),
      signing_secret: config.signing_secret.trim(),
    };
  }
}

/** A number is the same with and without its +, an address in any case. */
function plain(sender: string): string {
  return sender.trim().replace(/^\+/, '').toLowerCase();
}

/** Dots alone would lead to another path, encoded or not. */
function chatPath(conversation: string): string {
  if (/^\.{1,2}$/.test(conversation)) throw new DeliveryError('permanent', `"${conversation}" is no chat of Linq`);
  return `/chats/${encodeURIComponent(conversation)}`;
}

/** Keys are letters, digits, hyphens and underscores. */
function keyOf(id: string): string {
  return /^[\w-]{1,200}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
