import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Lifecycle } from '../../platform/lifecycle/lifecycle';
import type { BackgroundWork } from '../../platform/lifecycle/lifecycle';
import { InboxWorker } from '../inbox/inbox-worker';
import { Deliveries } from '../outbox/deliveries';

/** Starts both queues with the gateway. When it stops, turns end first, so that their answers may still go out. */
@Injectable()
export class ChannelQueues implements OnApplicationBootstrap, BackgroundWork {
  constructor(
    private readonly inbox: InboxWorker,
    private readonly deliveries: Deliveries,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.deliveries.start();
    await this.inbox.start();
  }

  async stop(cut: AbortSignal): Promise<void> {
    await this.inbox.stop(cut);
    await this.deliveries.stop(cut);
  }
}
