import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AgentModule } from '../agent/agent.module';
import { ChannelHealth } from './core/channel-health';
import { ChannelRegistry } from './core/channel.registry';
import { Inbox } from './inbox/inbox';
import { InboxRepository } from './inbox/inbox.repository';
import { InboxWorker } from './inbox/inbox-worker';
import { MessageEnd } from './inbox/message-end';
import { MessageTurn } from './inbox/message-turn';
import { ChannelCards } from './operations/channel-cards';
import { ChannelUpkeep } from './operations/channel-upkeep';
import { ChannelsController } from './operations/channels.controller';
import { ChannelCounters, ChannelMetrics, IgnoredCounter, channelMetricProviders } from './operations/channels.metrics';
import { Letters } from './operations/letters';
import { LettersRepository } from './operations/letters.repository';
import { Deliveries } from './outbox/deliveries';
import { Delivery } from './outbox/delivery';
import { DeliveryKit } from './outbox/delivery-kit';
import { Outbox } from './outbox/outbox';
import { OutboxRepository } from './outbox/outbox.repository';
import { ChannelQueues } from './queue/channel-queues';
import { roster } from './roster';

/** The channels of the roster and what they all share: the inbox, the turns that answer it, the outbox. */
@Module({
  imports: [AgentModule, DiscoveryModule, ...roster.map(({ module }) => module)],
  controllers: [ChannelsController],
  providers: [
    ChannelRegistry,
    ChannelHealth,
    Inbox,
    InboxRepository,
    InboxWorker,
    MessageTurn,
    MessageEnd,
    Outbox,
    OutboxRepository,
    Deliveries,
    Delivery,
    DeliveryKit,
    ChannelQueues,
    ChannelCards,
    ChannelUpkeep,
    Letters,
    LettersRepository,
    ChannelMetrics,
    ChannelCounters,
    IgnoredCounter,
    ...channelMetricProviders,
  ],
  exports: [ChannelRegistry, ChannelHealth, Inbox, Outbox],
})
export class ChannelsModule {}
