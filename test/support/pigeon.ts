import { createHmac } from 'node:crypto';
import { Module } from '@nestjs/common';
import { IsArray, IsBoolean, IsInt, IsString } from 'class-validator';
import type {
  Channel,
  ChannelLimits,
  ChannelRequest,
  HandshakeAnswer,
  Ignored,
  InboundMessage,
  OutboundPart,
  ParsedRequest,
  Verdict,
} from '../../src/channels/core/channel';
import { ChannelCoreModule } from '../../src/channels/core/channel-core.module';
import { ChannelHttp } from '../../src/channels/core/channel-http';
import { DeliveryError } from '../../src/channels/core/delivery-error';
import { RegisterChannel } from '../../src/channels/core/register-channel';
import { headerText, isHmacSha256 } from '../../src/channels/core/signature';
import { idOf, isObject, jsonOf, listOf, objectOf, textOf } from '../../src/channels/core/wire-value';
import { roster } from '../../src/channels/roster';
import type { RosterEntry } from '../../src/channels/roster';
import { ConfigService } from '../../src/platform/config/config.service';
import { Key, Section } from '../../src/platform/config/section';

/** `[channels_config.pigeon]` */
@Section('channels_config.pigeon', 'A platform that exists in tests only.')
export class PigeonConfig {
  @Key({ doc: 'Signs both directions.', secret: true, live: true })
  @IsString()
  secret = '';

  @Key({ doc: 'Take deliveries without a secret.', live: true })
  @IsBoolean()
  allow_unsigned = false;

  @Key({ doc: 'Who may write.', live: true })
  @IsArray()
  @IsString({ each: true })
  allowed = ['*'];

  @Key({ doc: 'Where its API is.', live: true })
  @IsString()
  api_base_url = '';

  @Key({ doc: 'Longest part.', live: true })
  @IsInt()
  max_length = 100;

  @Key({ doc: 'Parts per second and conversation; 0 for no limit.', live: true })
  @IsInt()
  per_second = 0;
}

/** The smallest whole channel: for tests of what all channels share. */
@RegisterChannel('pigeon', PigeonConfig)
export class PigeonChannel implements Channel {
  constructor(
    private readonly config: ConfigService,
    private readonly http: ChannelHttp,
  ) {}

  get limits(): ChannelLimits {
    const { max_length: maxLength, per_second: perSecond } = this.config.get(PigeonConfig);
    return { maxLength, ...(perSecond > 0 && { perSecond }) };
  }

  problem(): string | undefined {
    const { api_base_url: url, secret, allow_unsigned: open } = this.config.get(PigeonConfig);
    if (url === '') return '[channels_config.pigeon].api_base_url is missing: say where the loft is';
    return secret === '' && !open ? '[channels_config.pigeon].secret is missing: take any words' : undefined;
  }

  verify({ headers, body }: ChannelRequest): Verdict {
    const { secret, allow_unsigned: open } = this.config.get(PigeonConfig);
    if (secret === '') return open ? 'genuine' : 'unsigned';
    if (headers['x-pigeon-lost'] !== undefined) return 'replayed';
    return isHmacSha256(headerText(headers['x-pigeon-ring']), secret, body) ? 'genuine' : 'signature';
  }

  parse({ body }: ChannelRequest): ParsedRequest | undefined {
    const payload = jsonOf(body);
    if (!isObject(payload)) return undefined;
    const { allowed } = this.config.get(PigeonConfig);
    const messages: InboundMessage[] = [];
    const ignored: Ignored[] = [];
    for (const item of listOf(payload['messages']).map(objectOf)) {
      const message = messageOf(item);
      if (!message) ignored.push('not_a_message');
      else if (item['own'] === true) ignored.push('own');
      else if (!allowed.includes('*') && !allowed.includes(message.sender)) ignored.push('not_allowed');
      else messages.push(message);
    }
    return { messages, ignored };
  }

  handshake({ method, query }: ChannelRequest): HandshakeAnswer | undefined {
    const coo = query.get('coo');
    return method === 'GET' && coo !== null ? { status: 200, body: coo } : undefined;
  }

  acknowledgement(_request: ChannelRequest, outcome: { claimed: number; duplicates: number }): object {
    return { coo: outcome.claimed, again: outcome.duplicates };
  }

  async send(part: OutboundPart, signal: AbortSignal): Promise<void> {
    const { api_base_url: url } = this.config.get(PigeonConfig);
    const { id, conversation, text, replyTo, index, attempt } = part;
    const answer = await this.http.call({
      url: `${url}/fly`,
      json: { id, conversation, text, replyTo, index, attempt },
      signal,
    });
    if (answer.status < 400) return;
    const { failure, message, retryAfterMs } = this.http.failureOf(answer);
    const scope = objectOf(answer.json)['limit'] === 'loft' ? 'conversation' : 'channel';
    throw new DeliveryError(failure, message, retryAfterMs, { scope });
  }

  async begun({ id }: InboundMessage, signal: AbortSignal): Promise<void> {
    await this.http.call({ url: `${this.config.get(PigeonConfig).api_base_url}/begun`, json: { id }, signal });
  }
}

function messageOf(item: Readonly<Record<string, unknown>>): InboundMessage | undefined {
  const id = idOf(item['id']);
  const sender = textOf(item['from']);
  const text = typeof item['text'] === 'string' ? item['text'] : '';
  const { at } = item;
  if (id === '' || sender === '' || text === '' || !Number.isSafeInteger(at)) return undefined;
  const notice = textOf(item['notice']);
  return {
    id,
    sender,
    conversation: (textOf(item['loft']) || sender).slice(0, 512),
    text,
    sentAt: at as number,
    replyTo: id.slice(0, 512),
    ...(notice !== '' && { notice }),
  };
}

@Module({ imports: [ChannelCoreModule], providers: [PigeonChannel] })
export class PigeonModule {}

export const pigeon: RosterEntry = { module: PigeonModule, config: PigeonConfig };

/** Registers it like the others. To be imported before the application is. */
(roster as RosterEntry[]).push(pigeon);

/** What the platform sends: a body with its signature. */
export function signPigeon(body: Buffer | string, secret: string): Record<string, string> {
  return { 'x-pigeon-ring': createHmac('sha256', secret).update(body).digest('hex') };
}
