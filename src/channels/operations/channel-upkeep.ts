import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { EventBus } from '../../platform/events/event-bus';
import { ChannelsConfig } from '../channels.config';
import '../core/channel.events';
import { OutboxRepository } from '../outbox/outbox.repository';
import { LettersRepository } from './letters.repository';

const EVERY_MS = 600_000;
/** Rows per statement, so that nobody waits long for the database. */
const BATCH = 500;

/** Now and then: answers that nobody could deliver go to the dead letters, and what is older than `dedupe_ttl_days` is forgotten. */
@Injectable()
export class ChannelUpkeep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ChannelUpkeep.name);
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly letters: LettersRepository,
    private readonly outbox: OutboxRepository,
    private readonly config: ConfigService,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  async run(): Promise<void> {
    const { dedupe_ttl_days: days, max_delivery_age_secs: seconds } = this.config.get(ChannelsConfig);
    const now = this.clock.now();
    try {
      for (const channel of await this.outbox.buryExpired(now - seconds * 1000, now)) {
        this.events.emit('channel.message', { channel, direction: 'outbound', outcome: 'dead' });
      }
      while (!this.stopped && (await this.letters.forget(now - days * 86_400_000, BATCH)) > 0);
    } catch (error) {
      this.logger.warn({ err: error }, 'the upkeep of the channels failed and is tried again');
    }
  }
}
