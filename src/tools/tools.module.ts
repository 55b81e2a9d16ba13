import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MemoryModule } from '../memory/memory.module';
import { CalculateTool } from './calculate.tool';
import { CurrentTimeTool } from './current-time.tool';
import { MemoryForgetTool } from './memory/memory-forget.tool';
import { MemoryRecallTool } from './memory/memory-recall.tool';
import { MemoryStoreTool } from './memory/memory-store.tool';
import { ToolArguments } from './tool-arguments';
import { ToolRegistry } from './tool.registry';

/** The tools that come with the gateway, and the registry that finds those of every room. */
@Module({
  imports: [DiscoveryModule, MemoryModule],
  providers: [
    ToolRegistry,
    ToolArguments,
    CurrentTimeTool,
    CalculateTool,
    MemoryStoreTool,
    MemoryRecallTool,
    MemoryForgetTool,
  ],
  exports: [ToolRegistry, ToolArguments],
})
export class ToolsModule {}
