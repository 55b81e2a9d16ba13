import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { MemoryModule } from '../memory/memory.module';
import { ProvidersModule } from '../providers/providers.module';
import { TunnelModule } from '../tunnel/tunnel.module';
import { AgentStatus } from './agent-status';
import { ApiHealthController } from './api-health.controller';
import { CliToolsModule } from './cli-tools/cli-tools.module';
import { ConfigApiModule } from './config/config-api.module';
import { EventsModule } from './events/events.module';
import { IntegrationsModule } from './integrations/integrations.module';
import { StatusController } from './status.controller';

/** What an operator looks at. */
@Module({
  imports: [
    ProvidersModule,
    MemoryModule,
    ChannelsModule,
    EventsModule,
    ConfigApiModule,
    IntegrationsModule,
    CliToolsModule,
    TunnelModule,
  ],
  controllers: [StatusController, ApiHealthController],
  providers: [AgentStatus],
})
export class DashboardModule {}
