import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { sectionMeta } from '../../platform/config/section';
import { ChannelsConfig } from '../channels.config';
import { ChannelRegistry } from '../core/channel.registry';
import type { RegisteredChannel } from '../core/channel.registry';
import { LEASE_MS, QueueRunner } from '../queue/queue-runner';
import type { QueueWork } from '../queue/queue-runner';
import { Delivery } from './delivery';
import { DeliveryKit } from './delivery-kit';
import type { OutboxRow } from './outbox.repository';
import { OutboxRepository } from './outbox.repository';

/** Delivers what is in the outbox. Each channel has places of its own, so that a platform that stalls holds up nobody else's answers. */
@Injectable()
export class Deliveries {
  private readonly logger = new Logger(Deliveries.name);
  private readonly holder = randomUUID();
  private readonly runners = new Map<string, QueueRunner<OutboxRow>>();

  constructor(
    private readonly repository: OutboxRepository,
    private readonly registry: ChannelRegistry,
    private readonly delivery: Delivery,
    private readonly kit: DeliveryKit,
  ) {}

  async start(): Promise<void> {
    await this.repository.releaseOrphans();
    for (const one of this.registry.list()) {
      const runner = new QueueRunner(this.workOf(one));
      this.runners.set(one.name, runner);
      runner.start();
    }
    this.kit.events.on('config.changed', ({ keys }) => {
      for (const { name, config } of this.registry.list()) {
        if (keys.some((key) => key.startsWith(`${sectionMeta(config).path}.`))) void this.credentialsChanged(name);
      }
    });
  }

  /** There may be something for this channel. */
  wake(channel: string): void {
    this.runners.get(channel)?.wake();
  }

  /** Somebody wants it tried now, also when the platform, or a failure, has asked for some time. */
  hurry(channel: string): void {
    this.kit.health.resume(channel);
    this.wake(channel);
  }

  async stop(cut: AbortSignal): Promise<void> {
    await Promise.all([...this.runners.values()].map((runner) => runner.stop(cut)));
  }

  private async credentialsChanged(channel: string): Promise<void> {
    try {
      await this.repository.hurryCredentials(channel, this.kit.clock.now());
      this.hurry(channel);
    } catch (error) {
      this.logger.warn({ err: error, channel }, 'what waits for credentials is tried later only');
    }
  }

  private workOf(one: RegisteredChannel): QueueWork<OutboxRow> {
    const { repository, kit } = this;
    return {
      name: `Outbox ${one.name}`,
      slots: () => kit.config.get(ChannelsConfig).max_concurrent_deliveries,
      take: async (limit) => {
        if (!kit.health.maySend(one)) return [];
        const now = kit.clock.now();
        return repository.take({ holder: this.holder, now, until: now + LEASE_MS, limit, channel: one.name });
      },
      handle: (row, cut) => this.delivery.run(one, row, cut),
      renew: (rows) => repository.renew(rows, kit.clock.now() + LEASE_MS),
    };
  }
}
