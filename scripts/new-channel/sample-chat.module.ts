import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../../src/channels/core/channel-core.module';
import { SampleChatChannel } from './sample-chat.channel';

/** Sample Chat, one line of the roster. */
@Module({ imports: [ChannelCoreModule], providers: [SampleChatChannel] })
export class SampleChatModule {}
