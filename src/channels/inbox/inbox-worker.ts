import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { ChannelsConfig } from '../channels.config';
import { LEASE_MS, QueueRunner } from '../queue/queue-runner';
import type { InboxRow } from './inbox.repository';
import { InboxRepository } from './inbox.repository';
import { MessageTurn } from './message-turn';

/** Has the messages of the inbox answered: those of one conversation in their order, those of others at the same time. */
@Injectable()
export class InboxWorker {
  private readonly holder = randomUUID();
  private readonly runner: QueueRunner<InboxRow>;

  constructor(
    private readonly repository: InboxRepository,
    turns: MessageTurn,
    config: ConfigService,
    clock: Clock,
  ) {
    this.runner = new QueueRunner<InboxRow>({
      name: 'Inbox',
      slots: () => config.get(ChannelsConfig).max_concurrent_messages,
      take: (limit) => {
        const now = clock.now();
        return repository.take({ holder: this.holder, now, until: now + LEASE_MS, limit });
      },
      handle: (row, cut) => turns.run(row, cut),
      renew: (rows) => repository.renew(rows, clock.now() + LEASE_MS),
    });
  }

  async start(): Promise<void> {
    await this.repository.releaseOrphans();
    this.runner.start();
  }

  wake(): void {
    this.runner.wake();
  }

  stop(cut: AbortSignal): Promise<void> {
    return this.runner.stop(cut);
  }
}
