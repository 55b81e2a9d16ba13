import { Module } from '@nestjs/common';
import { MemoryModule } from '../memory/memory.module';
import { ProvidersModule } from '../providers/providers.module';
import { ToolsModule } from '../tools/tools.module';
import { AgentMetrics, ToolMetrics, agentMetricProviders } from './agent.metrics';
import { AgentService } from './agent.service';
import { SystemPrompt } from './prompt/system-prompt';
import { WorkspaceInstructions } from './prompt/workspace-instructions';
import { RunBooks } from './runs/run-books';
import { RunLog } from './runs/run-log';
import { RunRepository } from './runs/run.repository';
import { RunUpkeep } from './runs/run-upkeep';
import { RunsService } from './runs/runs.service';
import { SessionRepository } from './session.repository';
import { SessionsService } from './sessions.service';
import { ToolRefusals } from './text-protocol/tool-refusals';
import { ToolRunner } from './tool-runner';
import { TurnKit } from './turn-kit';
import { TurnMemory } from './turn-memory';

/** The agent: turns, sessions, and what keeps secrets out of answers. */
@Module({
  imports: [MemoryModule, ProvidersModule, ToolsModule],
  providers: [
    AgentService,
    RunLog,
    RunBooks,
    RunRepository,
    RunUpkeep,
    RunsService,
    SessionsService,
    SessionRepository,
    ToolRunner,
    TurnKit,
    TurnMemory,
    ToolRefusals,
    SystemPrompt,
    WorkspaceInstructions,
    AgentMetrics,
    ToolMetrics,
    ...agentMetricProviders,
  ],
  exports: [AgentService, RunsService, SessionsService],
})
export class AgentModule {}
