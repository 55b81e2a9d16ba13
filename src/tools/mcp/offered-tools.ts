import { Logger } from '@nestjs/common';
import type { ToolRegistry } from '../tool.registry';
import { McpTool } from './mcp-tool';
import type { RemoteTool, ToolHost } from './mcp-tool';
import type { ServerSettings } from './server-settings';
import { toolNames } from './tool-names';

/** The tools of one server in the registry, kept in step with what the server lists. */
export class OfferedTools {
  private readonly logger = new Logger('McpServer');
  private readonly offered = new Map<string, { tool: McpTool; remove: () => void }>();

  constructor(
    private readonly host: ToolHost,
    private readonly settings: ServerSettings,
    private readonly registry: ToolRegistry,
  ) {}

  get size(): number {
    return this.offered.size;
  }

  /** What the configuration leaves of these is offered from now on, and nothing else. */
  offer(listed: readonly RemoteTool[]): void {
    const wanted = listed.filter(({ name }) => this.isAllowed(name));
    const names = toolNames(
      this.host.name,
      wanted.map(({ name }) => name),
    );
    const kept = new Set(names.values());
    for (const [name, { remove }] of this.offered) {
      if (kept.has(name)) continue;
      remove();
      this.offered.delete(name);
    }
    for (const remote of wanted) this.put(names.get(remote.name) ?? remote.name, remote);
  }

  private put(name: string, remote: RemoteTool): void {
    const before = this.offered.get(name);
    // One that has not changed stays the same object: what was compiled for it is found again.
    if (before?.tool.isStill(remote)) return;
    before?.remove();
    this.offered.delete(name);
    const tool = new McpTool(name, remote, this.host);
    try {
      this.offered.set(name, { tool, remove: this.registry.add(tool) });
    } catch (error) {
      this.logger.warn(`A tool of the MCP server ${this.host.name} is left out: ${(error as Error).message}`);
    }
  }

  private isAllowed(name: string): boolean {
    const { allowed, denied } = this.settings;
    return (allowed.length === 0 || allowed.includes(name)) && !denied.includes(name);
  }
}
