import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { AppError } from '../../platform/errors/app-error';
import { EventBus } from '../../platform/events/event-bus';
import '../core/channel.events';
import { InboxWorker } from '../inbox/inbox-worker';
import { Deliveries } from '../outbox/deliveries';
import { LettersRepository } from './letters.repository';

/** What a person does about a message or an answer by hand. Ids of messages begin with `in_`, those of answers with `out_`. */
@Injectable()
export class Letters {
  constructor(
    private readonly repository: LettersRepository,
    private readonly inbox: InboxWorker,
    private readonly deliveries: Deliveries,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Throws 404 `channel.unknown_message`, 409 `channel.not_retryable`. */
  async retry(id: string, by: string): Promise<void> {
    const isInbound = id.startsWith('in_');
    const now = this.clock.now();
    const channel = isInbound
      ? await this.repository.retryInbound(id, now)
      : await this.repository.retryOutbound(id, now);
    if (channel === undefined)
      throw await this.refusal(id, 'channel.not_retryable', 'it can be tried again when it is dead');
    this.events.emit('channel.handled', { channel, id, action: 'retry', by });
    if (isInbound) this.inbox.wake();
    else this.deliveries.hurry(channel);
  }

  /** What was said is gone for good. Throws 404 `channel.unknown_message`, 409 `channel.in_progress`. */
  async erase(id: string, by: string): Promise<void> {
    const now = this.clock.now();
    const channel = id.startsWith('in_')
      ? await this.repository.eraseInbound(id, now)
      : await this.repository.eraseOutbound(id, now);
    if (channel === undefined)
      throw await this.refusal(id, 'channel.in_progress', 'it can be deleted when that is over');
    this.events.emit('channel.handled', { channel, id, action: 'delete', by });
  }

  private async refusal(id: string, code: string, advice: string): Promise<AppError> {
    const row = id.startsWith('in_') ? await this.repository.findInbound(id) : await this.repository.findOutbound(id);
    if (!row || row.status === 'deleted') {
      return new AppError(404, 'channel.unknown_message', `There is no message ${id.slice(0, 64)}`);
    }
    return new AppError(409, code, `Message ${id.slice(0, 64)} is ${row.status}; ${advice}`);
  }
}
