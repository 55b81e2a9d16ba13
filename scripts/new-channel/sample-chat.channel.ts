import type {
  Channel,
  ChannelLimits,
  ChannelRequest,
  Ignored,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../../src/channels/core/channel';
import { ChannelHttp } from '../../src/channels/core/channel-http';
import { RegisterChannel } from '../../src/channels/core/register-channel';
import { headerText, isHmacSha256 } from '../../src/channels/core/signature';
import { ConfigService } from '../../src/platform/config/config.service';
import { SampleChatConfig } from './sample-chat.config';
import { readSampleChat } from './sample-chat.payload';

const TABLE = '[channels_config.sample_chat]';

/** Sample Chat: what comes in by its webhook is answered by its API. */
@RegisterChannel('sample-chat', SampleChatConfig)
export class SampleChatChannel implements Channel {
  /** Characters of one message. */
  readonly limits: ChannelLimits = { maxLength: 4_000 };

  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  problem(): string | undefined {
    const { secret, allow_unsigned, api_base_url } = this.settings;
    if (api_base_url === '') return `${TABLE}.api_base_url is missing: write where the API is`;
    if (secret === '' && !allow_unsigned)
      return `${TABLE}.secret is missing: copy it from the platform's webhook settings`;
    return undefined;
  }

  /** The HMAC-SHA256 of the body in hex, in `X-Signature-256`. */
  verify({ headers, body }: ChannelRequest): Verdict {
    const { secret, allow_unsigned } = this.settings;
    if (secret === '') return allow_unsigned ? 'genuine' : 'unsigned';
    return isHmacSha256(headerText(headers['x-signature-256']), secret, body) ? 'genuine' : 'signature';
  }

  parse({ body, receivedAt }: ChannelRequest): ParsedRequest | undefined {
    const read = readSampleChat(body);
    if (!read) return undefined;
    if (read === 'other') return ignored('not_a_message');
    const { id, from, text } = read;
    if (!this.allows(from)) return ignored('not_allowed');
    return { messages: [{ id, conversation: from, sender: from, text, sentAt: receivedAt }], ignored: [] };
  }

  /** The key lets the platform see that a second attempt is one. */
  async send({ id, conversation, text }: OutboundPart, signal: AbortSignal): Promise<void> {
    const url = `${this.settings.api_base_url.replace(/\/+$/, '')}/messages`;
    const answer = await this.http.call({
      url,
      headers: { 'idempotency-key': id },
      json: { to: conversation, text },
      signal,
    });
    if (answer.status < 200 || answer.status > 299) throw this.http.failureOf(answer);
  }

  private allows(sender: string): boolean {
    return this.settings.allowed_senders.some((entry) => entry === '*' || entry === sender);
  }

  private get settings(): Readonly<SampleChatConfig> {
    const config = this.config.get(SampleChatConfig);
    return { ...config, secret: config.secret.trim() };
  }
}

function ignored(why: Ignored): ParsedRequest {
  return { messages: [], ignored: [why] };
}
