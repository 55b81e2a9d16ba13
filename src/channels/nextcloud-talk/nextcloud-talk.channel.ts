import { createHash } from 'node:crypto';
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
import { headerText, isHmacSha256 } from '../core/signature';
import { NextcloudTalkConfig } from './nextcloud-talk.config';
import { parseTalk, type TalkMessage } from './nextcloud-talk.payload';
import { TalkClient } from './talk-client';

const TABLE = '[channels_config.nextcloud_talk]';
const FILES_NOTICE = 'I can only read text here, not files. Please write what you would like to know.';

/**
 * A bot of Nextcloud Talk (https://nextcloud-talk.readthedocs.io/en/latest/bots/), signed in both directions. The webhook bears no time, so
 * the claim on the message's id is what a repeated delivery, honest or not, runs into.
 */
@RegisterChannel('nextcloud-talk', NextcloudTalkConfig)
export class NextcloudTalkChannel implements Channel {
  /** 32 000 characters since Talk 16.0.1. */
  readonly limits = { maxLength: 32_000 };

  constructor(
    private readonly config: ConfigService,
    private readonly talk: TalkClient,
  ) {}

  problem(): string | undefined {
    const { base_url, webhook_secret, allow_unsigned } = this.settings;
    if (!base_url) {
      return `${TABLE}.base_url is missing: write the address of your Nextcloud, such as "https://cloud.example.com".`;
    }
    if (!webhook_secret.trim() && !allow_unsigned) {
      return `${TABLE}.webhook_secret is missing: copy the secret that you gave to "occ talk:bot:install".`;
    }
    return this.talk.problem();
  }

  verify({ headers, body }: ChannelRequest): Verdict {
    const { webhook_secret, allow_unsigned } = this.settings;
    const secret = webhook_secret.trim();
    if (!secret) return allow_unsigned ? 'genuine' : 'unsigned';
    const random = headerText(headers['x-nextcloud-talk-random']);
    const signature = headerText(headers['x-nextcloud-talk-signature']).replace(/^sha256=/, '');
    return random && isHmacSha256(signature, secret, random, body) ? 'genuine' : 'signature';
  }

  parse(request: ChannelRequest): ParsedRequest | undefined {
    const event = parseTalk(request.body);
    if (!event) return undefined;
    if (event.kind !== 'message') return ignored(event.kind === 'own' ? 'own' : 'not_a_message');
    if (!this.allows(event.actor)) return ignored('not_allowed');
    const text = this.addressed(event);
    return text === undefined
      ? ignored('not_mentioned')
      : { messages: [this.inbound(event, text, request)], ignored: [] };
  }

  send(part: OutboundPart, signal: AbortSignal): Promise<void> {
    return this.talk.post(part, signal);
  }

  private inbound(
    { id, room, actor, files, sentAt }: TalkMessage,
    text: string,
    request: ChannelRequest,
  ): InboundMessage {
    const { private_rooms } = this.settings;
    const shared = files.map((name) => `[shared file, not readable here: ${name}]`);
    return {
      id: `${room}:${id ?? fingerprint(request)}`,
      conversation: room,
      sender: actor,
      text: [text, ...shared].filter(Boolean).join('\n'),
      sentAt: sentAt ?? request.receivedAt,
      ...(id && /^\d+$/.test(id) && { replyTo: id }),
      // The webhook does not tell who else is in the room.
      ...(!private_rooms.some((name) => name === '*' || name === room) && { audience: 'public' }),
      ...(!text && { notice: FILES_NOTICE }),
    };
  }

  /** A short entry means a user: `alice` is not `guests/alice`. Nextcloud does not tell upper and lower case apart. */
  private allows(actor: string): boolean {
    const wanted = actor.toLowerCase();
    return this.settings.allowed_users.some((entry) => {
      const name = entry.trim().toLowerCase();
      return name === '*' || (name !== '' && (name.includes('/') ? name : `users/${name}`) === wanted);
    });
  }

  /** The text without the trigger word; undefined when it is for somebody else. */
  private addressed({ text, repliesToBot }: TalkMessage): string | undefined {
    const words = this.settings.trigger_words.map((word) => word.trim().toLowerCase()).filter(Boolean);
    if (words.length === 0) return text;
    const word = words.find((start) => beginsWith(text, start));
    if (word === undefined) return repliesToBot ? text : undefined;
    return text.slice(word.length).replace(/^[\s,:;]+/, '') || text;
  }

  private get settings(): Readonly<NextcloudTalkConfig> {
    return this.config.get(NextcloudTalkConfig);
  }
}

function ignored(why: Ignored): ParsedRequest {
  return { messages: [], ignored: [why] };
}

/** Whether the text begins with the word, and not just with a longer one: `@clawed` is not `@claw`, while `!` may stand right before a word. */
function beginsWith(text: string, word: string): boolean {
  if (text.slice(0, word.length).toLowerCase() !== word) return false;
  return !/[\p{L}\p{N}]$/u.test(word) || !/^[\p{L}\p{N}]/u.test(text.slice(word.length));
}

/** Names a message that has no id by its bytes and the random that was signed with them: the same for a repetition, another for equal words. */
function fingerprint({ headers, body }: ChannelRequest): string {
  const random = headerText(headers['x-nextcloud-talk-random']);
  return createHash('sha256').update(random).update(body).digest('hex');
}
