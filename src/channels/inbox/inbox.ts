import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { EventBus } from '../../platform/events/event-bus';
import type { InboundMessage } from '../core/channel';
import '../core/channel.events';
import { InboxRepository } from './inbox.repository';
import { InboxWorker } from './inbox-worker';

const LONGEST_ID = 512;

/** How many of the delivered messages were new. */
export interface Claimed {
  claimed: number;
  duplicates: number;
}

/** Messages of people on their way to the agent. What `claim` has resolved is answered, once, whatever happens to this process. */
@Injectable()
export class Inbox {
  constructor(
    private readonly repository: InboxRepository,
    private readonly worker: InboxWorker,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Stores those messages that were not delivered before. Rejects when the database cannot write; then nothing was taken. */
  async claim(channel: string, messages: readonly InboundMessage[]): Promise<Claimed> {
    if (messages.length === 0) return { claimed: 0, duplicates: 0 };
    const rows = messages.map((message) => ({
      id: `in_${randomUUID()}`,
      channel,
      messageId: shortened(message.id),
      message: sound(message),
    }));
    const claimed = await this.repository.claim(rows, this.clock.now());
    const duplicates = messages.length - claimed;
    for (let i = 0; i < claimed; i++) this.announce(channel, 'received');
    for (let i = 0; i < duplicates; i++) this.announce(channel, 'duplicate');
    if (claimed > 0) this.worker.wake();
    return { claimed, duplicates };
  }

  private announce(channel: string, outcome: 'received' | 'duplicate'): void {
    this.events.emit('channel.message', { channel, direction: 'inbound', outcome });
  }
}

/** PostgreSQL has no place for the character 0, and an index none for very long texts. */
function sound(message: InboundMessage): InboundMessage {
  const clean = (text: string) => text.replaceAll('\0', '').toWellFormed();
  return {
    ...message,
    text: clean(message.text),
    sender: shortened(clean(message.sender)),
    conversation: clean(message.conversation),
  };
}

function shortened(id: string): string {
  const clean = id.replaceAll('\0', '').toWellFormed();
  return clean.length <= LONGEST_ID ? clean : `sha256:${createHash('sha256').update(clean).digest('hex')}`;
}
