import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { channelNameOf } from '../channels/core/channel-name';
import { roster } from '../channels/roster';
import { ChannelBudgets } from './channel-budgets';
import { ChannelDoor } from './channel-door';
import { PlatformRequests } from './platform-requests';
import { webhookController } from './webhook.controller';

const names = roster.map(({ config }) => channelNameOf(config));

/** Paths whose requests are read here, byte by byte as they were signed. */
export const webhookPaths: ReadonlySet<string> = new Set(names.map((name) => `/${name}`));

/** The one door of all channels: `/<channel>` for each of the roster. */
@Module({
  imports: [ChannelsModule],
  controllers: names.map(webhookController),
  providers: [PlatformRequests, ChannelDoor, ChannelBudgets],
})
export class WebhooksModule {}
