import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { AppError } from '../../platform/errors/app-error';
import { EventBus } from '../../platform/events/event-bus';
import { ChannelsConfig } from '../channels.config';
import type { InboundMessage } from '../core/channel';
import '../core/channel.events';
import type { InboundOutcome } from '../core/channel.events';
import { Outbox } from '../outbox/outbox';
import type { Answer } from '../outbox/outbox';
import { backoffMs } from '../queue/backoff';
import type { InboxRow } from './inbox.repository';
import { InboxRepository } from './inbox.repository';
import { describeFailure } from './turn-failure';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 120_000;
const LONGEST_ERROR = 500;

/** What becomes of a message. An answer and the end of its message are one commit, so neither is there without the other. */
@Injectable()
export class MessageEnd {
  private readonly logger = new Logger('Inbox');

  constructor(
    private readonly repository: InboxRepository,
    private readonly outbox: Outbox,
    private readonly config: ConfigService,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  get settings(): Readonly<ChannelsConfig> {
    return this.config.get(ChannelsConfig);
  }

  now(): number {
    return this.clock.now();
  }

  /** @param seconds that the turn took */
  async answer(row: InboxRow, message: InboundMessage, text: string, seconds?: number): Promise<void> {
    const isOurs = await this.finish(row, { status: 'answered' }, this.answerTo(row, message, text, `inbox:${row.id}`));
    if (isOurs) this.announce(row, 'answered', seconds);
  }

  async ignoreOld(row: InboxRow): Promise<void> {
    if (await this.finish(row, { status: 'ignored_old' })) this.announce(row, 'ignored_old');
  }

  /** To the dead letters; whoever wrote is told, once. */
  async giveUp(row: InboxRow, message: InboundMessage, error: string): Promise<void> {
    this.logger.error({ channel: row.channel, id: row.id, error }, 'a message was not answered and is given up');
    const apology = this.answerTo(row, message, this.settings.apology, `inbox:${row.id}:apology`);
    if (await this.finish(row, { status: 'dead', error: error.slice(0, LONGEST_ERROR) }, apology))
      this.announce(row, 'dead');
  }

  async tryAgain(row: InboxRow, failure: unknown): Promise<void> {
    const error = describeFailure(failure).slice(0, LONGEST_ERROR);
    const asked = failure instanceof AppError ? (failure.options.retryAfter ?? 0) * 1000 : 0;
    const wait = Math.max(backoffMs(row.attempts, FIRST_WAIT_MS, LONGEST_WAIT_MS), asked);
    this.logger.warn({ channel: row.channel, id: row.id, error, wait }, 'a message is tried again');
    if (await this.repository.putBack(row, error, this.clock.now() + wait)) this.announce(row, 'retry');
  }

  /** As if it had not been taken up; nothing is counted. */
  async letGo(row: InboxRow, waitMs: number): Promise<void> {
    await this.repository.release(row, this.clock.now() + waitMs);
  }

  private answerTo({ channel }: InboxRow, message: InboundMessage, text: string, key: string): Answer {
    const { conversation, replyTo } = message;
    return { channel, conversation, text, key, ...(replyTo !== undefined && { replyTo }) };
  }

  private async finish(
    row: InboxRow,
    end: Parameters<InboxRepository['finish']>[1],
    answer?: Answer,
  ): Promise<boolean> {
    let isNew = false;
    const isOurs = await this.repository.finish(row, end, this.clock.now(), async (transaction) => {
      if (answer) isNew = await this.outbox.store(answer, transaction);
    });
    if (isNew) this.outbox.announce(row.channel);
    return isOurs;
  }

  private announce({ channel }: InboxRow, outcome: InboundOutcome, seconds?: number): void {
    this.events.emit('channel.message', {
      channel,
      direction: 'inbound',
      outcome,
      ...(seconds !== undefined && { seconds }),
    });
  }
}
