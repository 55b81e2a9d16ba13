import { Module } from '@nestjs/common';
import { MemoryModule } from '../memory/memory.module';
import { ProvidersModule } from '../providers/providers.module';
import { AgentStatus } from './agent-status';
import { StatusController } from './status.controller';

/** What an operator looks at. */
@Module({ imports: [ProvidersModule, MemoryModule], controllers: [StatusController], providers: [AgentStatus] })
export class DashboardModule {}
