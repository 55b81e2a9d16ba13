import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { TelegramApi } from './telegram-api';
import { TelegramChannel } from './telegram.channel';

/** Telegram. */
@Module({ imports: [ChannelCoreModule], providers: [TelegramChannel, TelegramApi] })
export class TelegramModule {}
