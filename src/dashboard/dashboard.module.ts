import { Module } from '@nestjs/common';
import { MemoryModule } from '../memory/memory.module';
import { ProvidersModule } from '../providers/providers.module';
import { TunnelModule } from '../tunnel/tunnel.module';
import { AgentStatus } from './agent-status';
import { ConfigApiModule } from './config/config-api.module';
import { EventsModule } from './events/events.module';
import { StatusController } from './status.controller';

/** What an operator looks at. */
@Module({
  imports: [ProvidersModule, MemoryModule, EventsModule, ConfigApiModule, TunnelModule],
  controllers: [StatusController],
  providers: [AgentStatus],
})
export class DashboardModule {}
