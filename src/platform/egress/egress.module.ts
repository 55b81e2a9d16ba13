import { Module } from '@nestjs/common';
import { Egress } from './egress';
import { EgressMetrics, egressMetricProviders } from './egress.metrics';
import { GuardedEgress } from './guarded-egress';
import { HostResolver } from './host-resolver';

/** The two ways out: `Egress` for hosts that the operator wrote down, `GuardedEgress` for addresses out of conversations. */
@Module({
  providers: [Egress, GuardedEgress, HostResolver, EgressMetrics, ...egressMetricProviders],
  exports: [Egress, GuardedEgress],
})
export class EgressModule {}
