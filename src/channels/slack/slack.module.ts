import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { SlackApi } from './slack-api';
import { SlackChannel } from './slack.channel';

/** Slack. */
@Module({ imports: [ChannelCoreModule], providers: [SlackChannel, SlackApi] })
export class SlackModule {}
