import { applyDecorators, UseGuards } from '@nestjs/common';
import { IdempotencyGuard } from './idempotency.guard';
import type { IdempotentOptions } from './idempotent-options';
import { setIdempotentOptions } from './idempotent-options';

/**
 * Makes the route safe to retry for clients that send an `Idempotency-Key` (or `X-Idempotency-Key`): a successful answer, also a stream, is
 * given again instead of doing the work twice; a failure frees the key. Write it above every `@UseGuards()` of the route.
 */
export const Idempotent = (options: IdempotentOptions = {}): MethodDecorator =>
  applyDecorators(UseGuards(IdempotencyGuard), setIdempotentOptions(options));
