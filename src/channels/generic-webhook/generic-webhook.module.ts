import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { GenericWebhookChannel } from './generic-webhook.channel';

/** Webhooks in and out, one line of the roster. */
@Module({ imports: [ChannelCoreModule], providers: [GenericWebhookChannel] })
export class GenericWebhookModule {}
