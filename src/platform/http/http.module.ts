import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Clock } from '../clock';
import { ConfigService } from '../config/config.service';
import { DrainGuard } from '../lifecycle/drain.guard';
import { BearerGuard } from './bearer.guard';
import { RateLimitGuard } from './rate-limit.guard';
import { RateLimitStorage } from './rate-limit.storage';

/** The guards of the doors. Who a token belongs to is the business of `tokens`, a module that exports a `TokenVerifier`. */
@Global()
@Module({})
export class HttpModule {
  static register(tokens: Type): DynamicModule {
    return {
      module: HttpModule,
      imports: [
        tokens,
        ThrottlerModule.forRootAsync({
          inject: [ConfigService, Clock],
          useFactory: (config: ConfigService, clock: Clock) => ({
            // The guard takes the limits from the configuration at each request; the library wants one entry to be there.
            throttlers: [{ limit: 0, ttl: 60_000 }],
            storage: new RateLimitStorage(config, clock),
          }),
        }),
      ],
      providers: [DrainGuard, RateLimitGuard, BearerGuard],
      exports: [DrainGuard, RateLimitGuard, BearerGuard, tokens, ThrottlerModule],
    };
  }
}
