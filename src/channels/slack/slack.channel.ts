import { ConfigService } from '../../platform/config/config.service';
import type {
  Channel,
  ChannelRequest,
  HandshakeAnswer,
  Ignored,
  InboundMessage,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../core/channel';
import { RegisterChannel } from '../core/register-channel';
import { headerText, isHmacSha256 } from '../core/signature';
import { SlackApi } from './slack-api';
import { SlackConfig } from './slack.config';
import { parseSlack, type SlackMessage } from './slack.payload';

const TABLE = '[channels_config.slack]';
const WINDOW_MS = 300_000;
const FILES_NOTICE = 'I can only read text here, not files. Please write what you would like to know.';

/**
 * A Slack app by the Events API (https://docs.slack.dev/apis/events-api/using-http-request-urls). A conversation is a direct message, or a
 * thread in a channel: a mention outside of a thread begins one.
 */
@RegisterChannel('slack', SlackConfig)
export class SlackChannel implements Channel {
  /** Slack advises 4000 characters, and one message per second and channel (https://docs.slack.dev/apis/web-api/rate-limits). */
  readonly limits = { maxLength: 4000, perSecond: 1 };

  constructor(
    private readonly config: ConfigService,
    private readonly api: SlackApi,
  ) {}

  problem(): string | undefined {
    const { bot_token, signing_secret, allow_unsigned } = this.settings;
    if (!bot_token.trim()) {
      return `${TABLE}.bot_token is missing: copy the Bot User OAuth Token (xoxb-…) from the page "OAuth & Permissions" of your app.`;
    }
    if (!signing_secret.trim() && !allow_unsigned) {
      return `${TABLE}.signing_secret is missing: copy the Signing Secret from the page "Basic Information" of your app.`;
    }
    return undefined;
  }

  /** https://docs.slack.dev/authentication/verifying-requests-from-slack */
  verify({ headers, body, receivedAt }: ChannelRequest): Verdict {
    const { signing_secret, allow_unsigned } = this.settings;
    const secret = signing_secret.trim();
    if (!secret) return allow_unsigned ? 'genuine' : 'unsigned';
    const timestamp = headerText(headers['x-slack-request-timestamp']);
    const [version, hex = ''] = headerText(headers['x-slack-signature']).split('=', 2);
    if (version !== 'v0' || !/^\d{1,12}$/.test(timestamp)) return 'signature';
    if (!isHmacSha256(hex, secret, `v0:${timestamp}:`, body)) return 'signature';
    return Math.abs(receivedAt - Number(timestamp) * 1000) <= WINDOW_MS ? 'genuine' : 'replayed';
  }

  handshake({ method, body }: ChannelRequest): HandshakeAnswer | undefined {
    const event = method === 'POST' ? parseSlack(body) : undefined;
    return event?.kind === 'url_verification' ? { status: 200, body: event.challenge } : undefined;
  }

  parse({ body }: ChannelRequest): ParsedRequest | undefined {
    const event = parseSlack(body);
    if (!event) return undefined;
    if (event.kind !== 'message') return ignored(event.kind === 'own' ? 'own' : 'not_a_message');
    if (!this.allows(event)) return ignored('not_allowed');
    if (this.settings.require_mention && !event.direct && !event.mentioned) return ignored('not_mentioned');
    return { messages: [inbound(event)], ignored: [] };
  }

  send(part: OutboundPart, signal: AbortSignal): Promise<void> {
    return this.api.post(part, signal);
  }

  check(signal: AbortSignal): Promise<string> {
    return this.api.me(signal);
  }

  private allows({ user, channel, direct }: SlackMessage): boolean {
    const { allowed_users, allowed_channels } = this.settings;
    const holds = (entries: readonly string[], id: string) =>
      entries.some((entry) => entry.trim() === '*' || entry.trim() === id);
    return holds(allowed_users, user) && (direct || holds(allowed_channels, channel));
  }

  private get settings(): Readonly<SlackConfig> {
    return this.config.get(SlackConfig);
  }
}

function inbound({ channel, ts, thread, user, text, files, direct }: SlackMessage): InboundMessage {
  const root = thread ?? (direct ? undefined : ts);
  const shared = files.map((name) => `[shared file, not readable here: ${name}]`);
  return {
    // `app_mention` and `message` bring the same message; so does every repetition.
    id: `${channel}:${ts}`,
    conversation: root ? `${channel}:${root}` : channel,
    sender: user,
    text: [text, ...shared].filter(Boolean).join('\n'),
    sentAt: Math.floor(Number(ts) * 1000),
    ...(!direct && { audience: 'public' }),
    ...(!text && { notice: FILES_NOTICE }),
  };
}

function ignored(why: Ignored): ParsedRequest {
  return { messages: [], ignored: [why] };
}
