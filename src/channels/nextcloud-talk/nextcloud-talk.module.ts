import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { NextcloudTalkChannel } from './nextcloud-talk.channel';
import { TalkClient } from './talk-client';

/** Nextcloud Talk. */
@Module({ imports: [ChannelCoreModule], providers: [NextcloudTalkChannel, TalkClient] })
export class NextcloudTalkModule {}
