import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ChannelRegistry } from './core/channel.registry';
import { roster } from './roster';

/** The channels of the roster and what they all share. */
@Module({
  imports: [DiscoveryModule, ...roster.map(({ module }) => module)],
  providers: [ChannelRegistry],
  exports: [ChannelRegistry],
})
export class ChannelsModule {}
