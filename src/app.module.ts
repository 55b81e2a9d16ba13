import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuditModule } from './audit/audit.module';
import { ChatModule } from './chat/chat.module';
import { CostModule } from './cost/cost.module';
import { CronModule } from './cron/cron.module';
import { DashboardModule } from './dashboard/dashboard.module';
import { PageModule } from './dashboard/page/page.module';
import { McpModule } from './mcp/mcp.module';
import { MemoryModule } from './memory/memory.module';
import { OpenAiModule } from './openai/openai.module';
import { OpenApiModule } from './openapi/openapi.module';
import { PairingModule } from './pairing/pairing.module';
import { DatabaseModule } from './platform/database/database.module';
import { ErrorFilter } from './platform/errors/error.filter';
import { DoctorModule } from './doctor/doctor.module';
import { OwnRuntime } from './doctor/own-runtime';
import { HealthModule } from './platform/health/health.module';
import { BearerGuard } from './platform/http/bearer.guard';
import { HttpModule } from './platform/http/http.module';
import { RateLimitGuard } from './platform/http/rate-limit.guard';
import { DtoValidationPipe } from './platform/http/validation.pipe';
import { IdempotencyModule } from './platform/idempotency/idempotency.module';
import { DrainGuard } from './platform/lifecycle/drain.guard';
import { MetricsModule } from './platform/metrics/metrics.module';
import { PlatformModule } from './platform/platform.module';
import type { Ground } from './platform/platform.module';
import { WebSocketModule } from './platform/websocket/websocket.module';
import { RunsModule } from './runs/runs.module';
import { McpToolsModule } from './tools/mcp/mcp-tools.module';
import { TunnelModule } from './tunnel/tunnel.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/** The gateway: the only list of its rooms and of what stands in front of every route. */
@Module({})
export class AppModule {
  static register(ground: Ground): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.register(ground),
        DatabaseModule,
        IdempotencyModule,
        HttpModule.register(PairingModule),
        WebSocketModule,
        // Express tries routes in the order of the modules: the busiest first.
        OpenAiModule,
        ChatModule,
        WebhooksModule,
        PairingModule,
        CostModule,
        AuditModule,
        RunsModule,
        MemoryModule,
        CronModule,
        McpModule,
        McpToolsModule,
        HealthModule,
        MetricsModule.register(),
        DashboardModule,
        OpenApiModule,
        TunnelModule,
        DoctorModule.register(OwnRuntime),
        // Last: the page answers where nothing else does.
        PageModule,
      ],
      providers: [
        // In this order: no new work while stopping, then the budget, then who it is.
        { provide: APP_GUARD, useExisting: DrainGuard },
        { provide: APP_GUARD, useExisting: RateLimitGuard },
        { provide: APP_GUARD, useExisting: BearerGuard },
        { provide: APP_PIPE, useClass: DtoValidationPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
