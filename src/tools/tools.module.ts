import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CalculateTool } from './calculate.tool';
import { CurrentTimeTool } from './current-time.tool';
import { ToolArguments } from './tool-arguments';
import { ToolRegistry } from './tool.registry';

/** The tools that come with the gateway, and the registry that finds those of every room. */
@Module({
  imports: [DiscoveryModule],
  providers: [ToolRegistry, ToolArguments, CurrentTimeTool, CalculateTool],
  exports: [ToolRegistry, ToolArguments],
})
export class ToolsModule {}
