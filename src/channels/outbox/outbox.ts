import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { Clock } from '../../platform/clock';
import { AppError } from '../../platform/errors/app-error';
import { EventBus } from '../../platform/events/event-bus';
import '../core/channel.events';
import { ChannelRegistry } from '../core/channel.registry';
import type { ChannelTables } from '../queue/queue.tables';
import { Deliveries } from './deliveries';
import { OutboxRepository } from './outbox.repository';
import { splitText } from './split-text';

/** Something to say in a conversation. */
export interface Answer {
  /** Name of the channel, such as `whatsapp`. */
  channel: string;
  /** In the channel's own notation. */
  conversation: string;
  text: string;
  /** The message that is answered, in the channel's own notation. */
  replyTo?: string;
  /** Names this answer for all time: another one of the same key is not sent. */
  key: string;
}

/**
 * Answers on their way to people. What `post` has resolved is stored, and sent at least once, never again after the platform has confirmed it,
 * in the order of posting within a conversation.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly repository: OutboxRepository,
    private readonly registry: ChannelRegistry,
    private readonly deliveries: Deliveries,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores an answer; it is sent in the background, in parts where the platform wants them. A text without anything to read is none.
   * Throws 404 `channel.unknown`; a channel that is switched off keeps its answers until it is on, or they are too old.
   */
  async post(answer: Answer): Promise<void> {
    if (await this.store(answer)) this.announce(answer.channel);
  }

  /** Within a transaction of the room; call `announce` when it is committed. False when there is nothing new to send. */
  async store(
    { channel, conversation, text, replyTo, key }: Answer,
    transaction?: Kysely<ChannelTables>,
  ): Promise<boolean> {
    const found = this.registry.get(channel);
    if (!found) throw new AppError(404, 'channel.unknown', `There is no channel "${channel.slice(0, 64)}"`);
    const parts = splitText(text, found.channel.limits);
    if (parts.length === 0) return false;
    const answer = { id: `out_${randomUUID()}`, key, channel, conversation, parts, replyTo };
    return this.repository.add(answer, this.clock.now(), transaction);
  }

  announce(channel: string): void {
    this.events.emit('channel.message', { channel, direction: 'outbound', outcome: 'queued' });
    this.deliveries.wake(channel);
  }
}
