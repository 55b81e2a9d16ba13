import { Module } from '@nestjs/common';
import { Egress } from './egress';

/** One pool for all rooms that call out. */
@Module({ providers: [Egress], exports: [Egress] })
export class EgressModule {}
