import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock } from './clock';
import { ConfigModule } from './config/config.module';
import type { ConfigService } from './config/config.service';
import { EventBus } from './events/event-bus';
import { HealthService } from './health/health.service';
import { RequestTracker } from './http/request-tracker';
import { LeakGuard } from './leak-guard/leak-guard';
import { Lifecycle } from './lifecycle/lifecycle';
import { RequestLog } from './logging/request-log';

/** What exists before the application does, because the server and its configuration come first. */
export interface Ground {
  config: ConfigService;
  events: EventBus;
  requests: RequestTracker;
}

/** The ground every room stands on. */
@Global()
@Module({})
export class PlatformModule {
  static register(ground: Ground): DynamicModule {
    return {
      module: PlatformModule,
      imports: [ConfigModule.forRoot(ground.config)],
      providers: [
        Clock,
        { provide: EventBus, useValue: ground.events },
        { provide: RequestTracker, useValue: ground.requests },
        HealthService,
        LeakGuard,
        Lifecycle,
        RequestLog,
      ],
      exports: [Clock, EventBus, RequestTracker, HealthService, LeakGuard, Lifecycle],
    };
  }
}
