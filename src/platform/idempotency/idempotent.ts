import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import type { IdempotentOptions } from './idempotent-options';
import { setIdempotentOptions } from './idempotent-options';

/**
 * Makes the route safe to retry for clients that send an `Idempotency-Key` (or `X-Idempotency-Key`): a successful answer, also a stream, is
 * given again instead of doing the work twice; a failure frees the key. Routes without the mark pay nothing.
 */
export const Idempotent = (options: IdempotentOptions = {}): MethodDecorator =>
  applyDecorators(UseInterceptors(IdempotencyInterceptor), setIdempotentOptions(options));
