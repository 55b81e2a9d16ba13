import { Module } from '@nestjs/common';
import { CostModule } from '../../cost/cost.module';
import { ProvidersModule } from '../../providers/providers.module';
import { DoorSources } from './door-sources';
import { EventFeed } from './event-feed';
import { EventSubscriptions } from './event-subscriptions';
import { EventsController } from './events.controller';
import { FeedSources } from './feed-sources';
import { FeedMetrics, feedMetricProviders } from './feed.metrics';

/** The live feed. It listens; no other room knows of it. */
@Module({
  imports: [CostModule, ProvidersModule],
  controllers: [EventsController],
  providers: [EventFeed, EventSubscriptions, FeedSources, DoorSources, FeedMetrics, ...feedMetricProviders],
})
export class EventsModule {}
