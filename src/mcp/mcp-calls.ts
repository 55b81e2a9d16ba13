import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { ToolArguments } from '../tools/tool-arguments';
import { ChatTool } from './chat.tool';
import { MemoryRecallTool } from './memory-recall.tool';
import { MemoryStoreTool } from './memory-store.tool';
import type { ServedCall, ServedTool } from './served-tool';

/** The result of `tools/call`. */
export interface CallAnswer {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
  _meta?: { run_id: string };
}

/** The tools that MCP clients are offered, and how a call of one is answered: a failure is a result too, so that a model can do better. */
@Injectable()
export class McpCalls {
  private readonly logger = new Logger(McpCalls.name);
  private readonly tools: readonly ServedTool[];

  constructor(
    private readonly toolArguments: ToolArguments,
    chat: ChatTool,
    recall: MemoryRecallTool,
    store: MemoryStoreTool,
  ) {
    this.tools = [chat, recall, store];
  }

  list() {
    return this.tools.map(({ name, description, parameters, hints }) => ({
      name,
      description,
      inputSchema: { ...parameters, type: 'object' as const },
      annotations: hints,
    }));
  }

  find(name: string): ServedTool | undefined {
    return this.tools.find((tool) => tool.name === name);
  }

  async run(tool: ServedTool, given: Record<string, unknown>, call: ServedCall): Promise<CallAnswer> {
    const parsed = await this.toolArguments.parse(tool, JSON.stringify(given));
    if (!parsed.ok) return failed(parsed.reason);
    try {
      const { text, structured, runId } = await tool.call(parsed.args, call);
      return {
        content: [{ type: 'text', text }],
        ...(structured && { structuredContent: structured }),
        ...(runId !== undefined && { _meta: { run_id: runId } }),
      };
    } catch (error) {
      if (error instanceof AppError) return failed(error.message);
      this.logger.error({ err: error, tool: tool.name }, 'a call by MCP failed unexpectedly');
      return failed('Something went wrong inside the gateway; its log has the details');
    }
  }
}

function failed(reason: string): CallAnswer {
  return { content: [{ type: 'text', text: reason }], isError: true };
}
