import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { WhatsAppChannel } from './whatsapp.channel';

/** WhatsApp, one line of the roster. */
@Module({ imports: [ChannelCoreModule], providers: [WhatsAppChannel] })
export class WhatsAppModule {}
