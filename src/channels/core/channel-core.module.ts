import { Module } from '@nestjs/common';
import { EgressModule } from '../../platform/egress/egress.module';
import { ChannelHttp } from './channel-http';

/** What every channel's module imports: the way to its platform. */
@Module({ imports: [EgressModule], providers: [ChannelHttp], exports: [ChannelHttp] })
export class ChannelCoreModule {}
