import { Module } from '@nestjs/common';
import { ProvidersModule } from '../providers/providers.module';
import { ToolsModule } from '../tools/tools.module';
import { AgentMetrics, ToolMetrics, agentMetricProviders } from './agent.metrics';
import { AgentService } from './agent.service';
import { SessionRepository } from './session.repository';
import { SessionsService } from './sessions.service';
import { ToolRunner } from './tool-runner';
import { TurnKit } from './turn-kit';

/** The agent: turns, sessions, and what keeps secrets out of answers. */
@Module({
  imports: [ProvidersModule, ToolsModule],
  providers: [
    AgentService,
    SessionsService,
    SessionRepository,
    ToolRunner,
    TurnKit,
    AgentMetrics,
    ToolMetrics,
    ...agentMetricProviders,
  ],
  exports: [AgentService],
})
export class AgentModule {}
