import { Module } from '@nestjs/common';
import { AgentModule } from '../agent/agent.module';
import { ChannelsModule } from '../channels/channels.module';
import { PairingModule } from '../pairing/pairing.module';
import { ToolsModule } from '../tools/tools.module';
import { CronController } from './cron.controller';
import { CronMetrics, cronMetricProviders } from './cron.metrics';
import { CronService } from './cron.service';
import { Delivery } from './delivery';
import { DueJobs } from './due-jobs';
import { JobOwners } from './job-owners';
import { JobPlanner } from './job-planner';
import { JobRepository } from './job.repository';
import { JobRunner } from './job-runner';
import { JobRuns } from './job-runs';
import { JobTasks } from './job-tasks';
import { RunBooks } from './run-books';
import { RunRepository } from './run.repository';
import { SchedulePlanner } from './schedule-planner';
import { Scheduler } from './scheduler';
import { CommandRisk } from './tasks/command-risk';
import { PromptTask } from './tasks/prompt-task';
import { ShellTask } from './tasks/shell-task';
import { CronAddTool } from './tools/cron-add.tool';
import { CronListTool } from './tools/cron-list.tool';
import { CronRemoveTool } from './tools/cron-remove.tool';
import { CronRunTool } from './tools/cron-run.tool';
import { CronRunsTool } from './tools/cron-runs.tool';
import { CronUpdateTool } from './tools/cron-update.tool';

/** Jobs that start by themselves: the schedule, the scheduler, the API, the agent's tools. */
@Module({
  imports: [AgentModule, ChannelsModule, PairingModule, ToolsModule],
  controllers: [CronController],
  providers: [
    CronService,
    JobRuns,
    JobPlanner,
    SchedulePlanner,
    JobRepository,
    RunRepository,
    RunBooks,
    JobOwners,
    Delivery,
    PromptTask,
    ShellTask,
    CommandRisk,
    JobTasks,
    JobRunner,
    DueJobs,
    Scheduler,
    CronMetrics,
    ...cronMetricProviders,
    CronAddTool,
    CronListTool,
    CronUpdateTool,
    CronRemoveTool,
    CronRunTool,
    CronRunsTool,
  ],
})
export class CronModule {}
