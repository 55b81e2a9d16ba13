import { Module } from '@nestjs/common';
import { EgressModule } from '../platform/egress/egress.module';
import { tunnelMetricProviders } from './tunnel.metrics';
import { TunnelService } from './tunnel.service';
import { TunnelState } from './tunnel-state';

/** The program that makes the gateway reachable from outside. */
@Module({
  imports: [EgressModule],
  providers: [TunnelService, TunnelState, ...tunnelMetricProviders],
  exports: [TunnelService, TunnelState],
})
export class TunnelModule {}
