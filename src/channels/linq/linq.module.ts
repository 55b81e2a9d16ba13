import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { LinqChannel } from './linq.channel';

/** Linq, one line of the roster. */
@Module({ imports: [ChannelCoreModule], providers: [LinqChannel] })
export class LinqModule {}
