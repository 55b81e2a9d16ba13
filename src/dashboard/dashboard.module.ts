import { Module } from '@nestjs/common';
import { MemoryModule } from '../memory/memory.module';
import { ProvidersModule } from '../providers/providers.module';
import { AgentStatus } from './agent-status';
import { EventsModule } from './events/events.module';
import { StatusController } from './status.controller';

/** What an operator looks at. */
@Module({
  imports: [ProvidersModule, MemoryModule, EventsModule],
  controllers: [StatusController],
  providers: [AgentStatus],
})
export class DashboardModule {}
