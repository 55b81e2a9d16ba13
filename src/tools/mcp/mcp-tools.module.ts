import { Module } from '@nestjs/common';
import { ToolsModule } from '../tools.module';
import { McpServers } from './mcp-servers';
import { mcpMetricProviders } from './mcp.metrics';

/** Tools of other programs, by the Model Context Protocol. */
@Module({ imports: [ToolsModule], providers: [McpServers, ...mcpMetricProviders], exports: [McpServers] })
export class McpToolsModule {}
