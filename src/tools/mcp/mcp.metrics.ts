import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { McpServers } from './mcp-servers';

/** The label is a name of the configuration, so there are as many as the operator wrote down. */
export const mcpMetricProviders = [
  makeGaugeProvider({
    name: 'zeroclaw_mcp_server_up',
    help: 'Whether an MCP server of the configuration is connected.',
    labelNames: ['server'],
    inject: [McpServers],
    collect(this: Gauge<string>, servers: McpServers) {
      this.reset();
      for (const { name, isUp } of servers.states()) this.set({ server: name }, Number(isUp));
    },
  }),
];
