import type { Tool, ToolContext, ToolResult, ToolRisk } from '../tool';
import { oneLine, visible } from '../web/outside-text';

const LONGEST_DESCRIPTION = 4_000;
const SHOWN_NAME = 64;

/** A tool as its server lists it. */
export interface RemoteTool {
  /** The server's own name for it. */
  name: string;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
}

/** The server behind a tool, as far as its tools need to know it. */
export interface ToolHost {
  readonly name: string;
  readonly risk: ToolRisk;
  /** Why nothing can be called now; undefined while it is connected. */
  readonly problem: string | undefined;
  call(tool: string, args: Record<string, unknown>, context: ToolContext): Promise<ToolResult>;
}

/** A tool of an MCP server under the name it has here. Stays listed while its server is down, and says that it is. */
export class McpTool implements Tool {
  readonly description: string;
  readonly parameters: Record<string, unknown>;
  readonly risk: ToolRisk;
  readonly source: string;

  constructor(
    readonly name: string,
    private readonly remote: RemoteTool,
    private readonly host: ToolHost,
  ) {
    const said = visible(remote.description ?? '')
      .slice(0, LONGEST_DESCRIPTION)
      .trim();
    this.description = said || `${oneLine(remote.name, SHOWN_NAME)} of the MCP server ${host.name}.`;
    // Ids of schemas would collide between servers, and only the shape matters here.
    const { $schema: _dialect, $id: _id, ...parameters } = remote.inputSchema;
    this.parameters = parameters;
    this.risk = host.risk;
    this.source = `mcp:${host.name}`;
  }

  /** True when the server still describes it like this. */
  isStill(remote: RemoteTool): boolean {
    return JSON.stringify(remote) === JSON.stringify(this.remote);
  }

  off(): string | undefined {
    const { name, problem } = this.host;
    return problem === undefined ? undefined : `the MCP server ${name} is not connected (${problem})`;
  }

  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    return this.host.call(this.remote.name, args, context);
  }
}
