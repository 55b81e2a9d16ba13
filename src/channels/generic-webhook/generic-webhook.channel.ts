import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import type {
  Channel,
  ChannelLimits,
  ChannelRequest,
  Ignored,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../core/channel';
import { ChannelHttp } from '../core/channel-http';
import type { ChannelAnswer } from '../core/channel-http';
import { DeliveryError } from '../core/delivery-error';
import { RegisterChannel } from '../core/register-channel';
import { headerText } from '../core/signature';
import { standardWebhookHeaders, standardWebhookVerdict, webhookKey } from '../core/standard-webhooks';
import { GenericWebhookConfig } from './generic-webhook.config';
import { readEvent } from './generic-webhook.payload';

const TABLE = '[channels_config.generic_webhook]';
/** 24 to 64 bytes, as the specification wants. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;
const MAKE_ONE = 'make one with: echo "whsec_$(openssl rand -base64 32)"';

/**
 * A system of the operator's own, by Standard Webhooks in both directions (https://www.standardwebhooks.com). `webhook-id` of an answer
 * is the same in every attempt, so a receiver that remembers it never shows a part twice.
 */
@RegisterChannel('generic-webhook', GenericWebhookConfig)
export class GenericWebhookChannel implements Channel {
  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
    private readonly clock: Clock,
  ) {}

  get limits(): ChannelLimits {
    return { maxLength: this.settings.max_length };
  }

  problem(): string | undefined {
    const { url, allow_unsigned } = this.settings;
    const { secrets } = this;
    if (url === '') return `${TABLE}.url is missing: write the address that takes the answers`;
    if (secrets.length === 0 && !allow_unsigned) return `${TABLE}.signing_secret is missing: ${MAKE_ONE}`;
    if (!secrets.every((secret) => SECRET.test(secret)))
      return `${TABLE}.signing_secret is not whsec_ and the base64 of 24 to 64 bytes: ${MAKE_ONE}`;
    return undefined;
  }

  verify(request: ChannelRequest): Verdict {
    if (this.secrets.length === 0) return this.settings.allow_unsigned ? 'genuine' : 'unsigned';
    return standardWebhookVerdict(request, this.keys);
  }

  parse({ headers, body, receivedAt }: ChannelRequest): ParsedRequest | undefined {
    const event = readEvent(body, { id: headerText(headers['webhook-id']), receivedAt });
    switch (event?.kind) {
      case undefined:
        return undefined;
      case 'malformed':
        return { messages: [], ignored: [], malformed: event.sentence };
      case 'own':
        return ignored('own');
      case 'other':
        return ignored('not_a_message');
      case 'message':
        return this.allows(event.message.sender) ? { messages: [event.message], ignored: [] } : ignored('not_allowed');
    }
  }

  async send({ id, conversation, replyTo, text, index }: OutboundPart, signal: AbortSignal): Promise<void> {
    // Half a surrogate pair is no UTF-8.
    const words = text.toWellFormed();
    const reply = { type: 'reply', id, conversation, reply_to: replyTo ?? null, text: words, index };
    const body = JSON.stringify(reply);
    const headers = standardWebhookHeaders({ id, body, now: this.clock.now() }, this.keys);
    const answer = await this.http.call({ url: this.settings.url, headers, json: reply, signal });
    if (answer.status < 200 || answer.status > 299) throw this.failure(answer);
  }

  /** What says that the address is wrong waits for the operator: it is the same for every answer. */
  private failure(answer: ChannelAnswer): DeliveryError {
    const { status } = answer;
    const failure = this.http.failureOf(answer);
    if (status < 400 || status === 404 || status === 405)
      return new DeliveryError('credentials', `${TABLE}.url does not take answers: ${failure.message}`);
    return failure;
  }

  private allows(sender: string): boolean {
    return this.settings.allowed_senders.some((entry) => entry.trim() === '*' || entry.trim() === sender);
  }

  private get keys(): Buffer[] {
    return this.secrets.map(webhookKey).filter((key) => key !== undefined);
  }

  private get secrets(): string[] {
    return this.settings.signing_secret.split(/\s+/).filter(Boolean);
  }

  private get settings(): Readonly<GenericWebhookConfig> {
    return this.config.get(GenericWebhookConfig);
  }
}

function ignored(why: Ignored): ParsedRequest {
  return { messages: [], ignored: [why] };
}
