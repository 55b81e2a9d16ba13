import { Injectable } from '@nestjs/common';
import { ChannelsConfig } from '../channels/channels.config';
import type { Channel, ChannelRequest, HandshakeAnswer, InboundMessage, Verdict } from '../channels/core/channel';
import '../channels/core/channel.events';
import { ChannelRegistry } from '../channels/core/channel.registry';
import type { RegisteredChannel } from '../channels/core/channel.registry';
import { Inbox } from '../channels/inbox/inbox';
import type { Claimed } from '../channels/inbox/inbox';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import { EventBus } from '../platform/events/event-bus';
import { ChannelBudgets } from './channel-budgets';
import { Rejection } from './rejection';

/** A platform's request whose body has not been read yet. */
export interface Knock {
  /** Who knocks, for the budget. */
  clientKey: string;
  request: Omit<ChannelRequest, 'body'>;
  /** Rejects with an AppError when the body is too large or broken off. */
  readBody(limit: number): Promise<Buffer>;
}

/**
 * What every platform's request goes through: configured → complete → handshake → signature → payload → claimed → answered. An answer of 2xx
 * means that the messages are in the database; nothing here waits for a model. Throws Rejection, whose answer is 4xx or 5xx.
 */
@Injectable()
export class ChannelDoor {
  constructor(
    private readonly registry: ChannelRegistry,
    private readonly inbox: Inbox,
    private readonly budgets: ChannelBudgets,
    private readonly config: ConfigService,
    private readonly events: EventBus,
  ) {}

  async receive(name: string, knock: Knock): Promise<HandshakeAnswer> {
    const found = this.usable(name);
    const { channel } = found;
    const wait = this.budgets.request(knock.clientKey);
    if (wait !== undefined) throw busy(wait);
    if (knock.request.method === 'GET') return this.shakeHands(channel, { ...knock.request, body: Buffer.alloc(0) });
    const body = await this.bodyOf(knock);
    const request = { ...knock.request, body };
    assertGenuine(found, channel.verify(request));
    const handshake = channel.handshake?.(request);
    if (handshake) return handshake;
    const parsed = channel.parse(request);
    if (!parsed || parsed.malformed !== undefined) throw invalid(parsed?.malformed ?? 'Invalid JSON payload');
    for (const reason of parsed.ignored) this.events.emit('channel.ignored', { channel: name, reason });
    const { allowed, late } = this.withinBudget(name, parsed.messages);
    const outcome = await this.claim(name, allowed);
    if (late !== undefined) throw busy(late);
    return { status: 200, body: channel.acknowledgement?.(request, outcome) ?? { status: 'ok' } };
  }

  private usable(name: string): RegisteredChannel {
    const found = this.registry.get(name);
    if (!found || !this.registry.isConfigured(found)) {
      const sentence = found?.notConfigured ?? `There is no channel ${name}`;
      throw new Rejection('not_configured', new AppError(404, 'channel.not_configured', sentence));
    }
    // What exactly is missing is for the operator: the log and GET /api/channels have it.
    if (found.channel.problem() !== undefined) {
      const sentence = `${found.title} is not configured completely`;
      throw new Rejection('misconfigured', new AppError(500, 'channel.misconfigured', sentence));
    }
    return found;
  }

  private shakeHands(channel: Channel, request: ChannelRequest): HandshakeAnswer {
    const answer = channel.handshake?.(request);
    if (answer) return answer;
    const sentence = 'This channel takes POST requests of its platform';
    throw new Rejection(
      'invalid',
      new AppError(405, 'request.method_not_allowed', sentence, { headers: { Allow: 'POST' } }),
    );
  }

  private async bodyOf({ readBody }: Knock): Promise<Buffer> {
    try {
      return await readBody(this.config.get(ChannelsConfig).max_body_bytes);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new Rejection(error.status === 413 ? 'too_large' : 'incomplete', error);
    }
  }

  /** Those over their budget are left to a later delivery; the others of the same request are taken. */
  private withinBudget(name: string, messages: readonly InboundMessage[]) {
    const waits = messages.map((message) => this.budgets.message(name, message.sender));
    const late = waits.filter((wait) => wait !== undefined);
    return {
      allowed: messages.filter((_, index) => waits[index] === undefined),
      late: late.length === 0 ? undefined : Math.max(...late),
    };
  }

  private async claim(name: string, messages: readonly InboundMessage[]): Promise<Claimed> {
    try {
      return await this.inbox.claim(name, messages);
    } catch (error) {
      const sentence = 'The message could not be stored; deliver it again';
      throw new Rejection('store', new AppError(503, 'channel.store', sentence, { retryAfter: 5, cause: error }));
    }
  }
}

function assertGenuine({ title }: RegisteredChannel, verdict: Verdict): void {
  if (verdict === 'genuine') return;
  if (verdict === 'unsigned') {
    throw new Rejection('unsigned', new AppError(500, 'channel.unsigned', `${title} webhook secret not configured`));
  }
  throw new Rejection(verdict, new AppError(401, 'channel.signature', 'Invalid signature'));
}

function invalid(sentence: string): Rejection {
  return new Rejection('invalid', new AppError(400, 'channel.invalid_payload', sentence));
}

function busy(seconds: number): Rejection {
  const sentence = 'Too many deliveries. Please retry later.';
  return new Rejection('rate_limited', new AppError(429, 'rate_limit.exceeded', sentence, { retryAfter: seconds }));
}
