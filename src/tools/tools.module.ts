import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MemoryModule } from '../memory/memory.module';
import { ApprovalUpkeep } from './approvals/approval-upkeep';
import { ApprovalsController } from './approvals/approvals.controller';
import { ApprovalsService } from './approvals/approvals.service';
import { CalculateTool } from './calculate.tool';
import { CurrentTimeTool } from './current-time.tool';
import { ContentSearchTool } from './files/content-search.tool';
import { FileEditTool } from './files/file-edit.tool';
import { FileReadTool } from './files/file-read.tool';
import { FileWriteTool } from './files/file-write.tool';
import { GlobSearchTool } from './files/glob-search.tool';
import { MemoryForgetTool } from './memory/memory-forget.tool';
import { MemoryRecallTool } from './memory/memory-recall.tool';
import { MemoryStoreTool } from './memory/memory-store.tool';
import { Workspace } from './safety/workspace';
import { safetyProviders } from './safety-providers';
import { ShellTool } from './shell/shell.tool';
import { WorkspaceShell } from './shell/workspace-shell';
import { ToolArguments } from './tool-arguments';
import { ToolGate } from './tool-gate';
import { ToolRegistry } from './tool.registry';
import { ToolsController } from './tools.controller';
import { SafetyMetrics, toolMetricProviders } from './tools.metrics';
import { WebToolsModule } from './web/web-tools.module';

/** The tools that come with the gateway, the registry that finds those of every room, and the gate in front of them all. */
@Module({
  imports: [DiscoveryModule, MemoryModule, WebToolsModule],
  controllers: [ToolsController, ApprovalsController],
  providers: [
    ToolRegistry,
    ToolArguments,
    ...safetyProviders,
    ApprovalUpkeep,
    SafetyMetrics,
    ...toolMetricProviders,
    CurrentTimeTool,
    CalculateTool,
    FileReadTool,
    FileWriteTool,
    FileEditTool,
    GlobSearchTool,
    ContentSearchTool,
    ShellTool,
    MemoryStoreTool,
    MemoryRecallTool,
    MemoryForgetTool,
  ],
  exports: [ToolRegistry, ToolArguments, ToolGate, Workspace, WorkspaceShell, ApprovalsService],
})
export class ToolsModule {}
