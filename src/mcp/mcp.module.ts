import { Module } from '@nestjs/common';
import { AgentModule } from '../agent/agent.module';
import { MemoryModule } from '../memory/memory.module';
import { ToolsModule } from '../tools/tools.module';
import { ChatTool } from './chat.tool';
import { McpCalls } from './mcp-calls';
import { McpController } from './mcp.controller';
import { McpDoor } from './mcp-door';
import { MemoryRecallTool } from './memory-recall.tool';
import { MemoryStoreTool } from './memory-store.tool';

/** The door for MCP clients: the agent and its memory as tools. */
@Module({
  imports: [AgentModule, MemoryModule, ToolsModule],
  controllers: [McpController],
  providers: [McpDoor, McpCalls, ChatTool, MemoryRecallTool, MemoryStoreTool],
})
export class McpModule {}
