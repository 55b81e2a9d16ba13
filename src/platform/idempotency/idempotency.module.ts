import { Global, Module } from '@nestjs/common';
import { ClaimLeases } from './claim-leases';
import { idempotencyCounter, IdempotencyMetrics } from './idempotency.metrics';
import { IdempotencyService } from './idempotency.service';
import { IdempotencyStore } from './idempotency.store';
import { KeyLimit } from './key-limit';
import { KeyRegister } from './key-register';

/** What `@Idempotent()` needs, for the doors of every room. */
@Global()
@Module({
  providers: [
    IdempotencyStore,
    ClaimLeases,
    KeyLimit,
    KeyRegister,
    IdempotencyService,
    idempotencyCounter,
    IdempotencyMetrics,
  ],
  exports: [IdempotencyService, KeyLimit, KeyRegister],
})
export class IdempotencyModule {}
