import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { McpConfig } from '../../tools/mcp/mcp.config';
import { McpServers } from '../../tools/mcp/mcp-servers';
import { serverSettings } from '../../tools/mcp/server-settings';
import { findProgram } from '../../tunnel/find-program';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

/** The MCP servers that are switched on. */
@Injectable()
export class McpChecks implements CheckList {
  constructor(
    private readonly config: ConfigService,
    private readonly servers: McpServers,
  ) {}

  checks(): readonly Check[] {
    const { enabled, servers } = this.config.get(McpConfig);
    const names = Object.entries(servers).flatMap(([name, server]) => (enabled && server.enabled ? [name] : []));
    return names.length === 0 ? [] : [{ id: 'mcp.servers', run: () => this.examine(names) }];
  }

  private async examine(names: readonly string[]): Promise<Finding[]> {
    return Promise.all(names.map((name) => this.server(name)));
  }

  private async server(name: string): Promise<Finding> {
    const server = this.config.get(McpConfig).servers[name];
    if (server === undefined) return ok(`The MCP server ${name} was switched off.`);
    try {
      const { endpoint } = serverSettings(name, server, this.config.environment);
      if ('command' in endpoint && (await findProgram(endpoint.command, endpoint.env['PATH'] ?? '')) === undefined) {
        return fail(
          `The program "${endpoint.command}" of the MCP server ${name} is not installed, or not in the PATH of the gateway.`,
        );
      }
    } catch (error) {
      return fail((error as Error).message);
    }
    const state = this.servers.states().find((one) => one.name === name);
    // Not of this process: the command line.
    if (state === undefined) return ok(`The MCP server ${name} can be started.`);
    return state.isUp
      ? ok(`The MCP server ${name} is connected.`)
      : warn(`The MCP server ${name} has no connection.`, 'The log says why.');
  }
}
