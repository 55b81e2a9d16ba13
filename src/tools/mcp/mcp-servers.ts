import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { EventBus } from '../../platform/events/event-bus';
import { HealthService } from '../../platform/health/health.service';
import { ToolRegistry } from '../tool.registry';
import type { McpServerConfig } from './mcp.config';
import { McpConfig } from './mcp.config';
import { McpConnection } from './mcp-connection';
import type { ServerSettings } from './server-settings';
import { serverSettings } from './server-settings';

interface Running {
  /** What the connection was made from. */
  source: string;
  connection: McpConnection;
}

/**
 * The MCP servers of the configuration, connected in the background: one that is dead neither delays the start nor fails it, and is named
 * under `/health`. When the configuration changes, only the servers that it concerns are connected anew.
 */
@Injectable()
export class McpServers implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(McpServers.name);
  private readonly running = new Map<string, Running>();
  /** Servers whose configuration cannot be followed. */
  private readonly unusable = new Set<string>();
  private readonly stops = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly config: ConfigService,
    private readonly registry: ToolRegistry,
    private readonly events: EventBus,
    health: HealthService,
  ) {
    health.note(() => this.note());
  }

  onApplicationBootstrap(): void {
    this.apply();
    this.events.on('config.changed', ({ keys }) => {
      if (keys.some((key) => key === 'mcp' || key.startsWith('mcp.'))) this.apply();
    });
  }

  /** Those that are switched on, by name. */
  states(): { name: string; isUp: boolean }[] {
    const running = [...this.running].map(([name, { connection }]) => ({
      name,
      isUp: connection.problem === undefined,
    }));
    const unusable = [...this.unusable].map((name) => ({ name, isUp: false }));
    return [...running, ...unusable].sort((a, b) => a.name.localeCompare(b.name));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const name of this.running.keys()) this.stop(name);
    await Promise.all(this.stops);
  }

  private apply(): void {
    if (this.stopped) return;
    const { enabled, servers } = this.config.get(McpConfig);
    const wanted = new Map(Object.entries(servers).filter(([, server]) => enabled && server.enabled));
    this.unusable.clear();
    for (const name of this.running.keys()) if (!wanted.has(name)) this.stop(name);
    for (const [name, server] of wanted) this.connect(name, server);
  }

  private connect(name: string, server: Readonly<McpServerConfig>): void {
    const source = JSON.stringify(server);
    if (this.running.get(name)?.source === source) return;
    this.stop(name);
    let settings: ServerSettings;
    try {
      settings = serverSettings(name, server, this.config.environment);
    } catch (error) {
      this.unusable.add(name);
      this.logger.warn((error as Error).message);
      return;
    }
    const connection = new McpConnection(settings, this.registry);
    this.running.set(name, { source, connection });
    connection.start();
  }

  private stop(name: string): void {
    const running = this.running.get(name);
    if (!running) return;
    this.running.delete(name);
    const stopped = running.connection.stop().finally(() => this.stops.delete(stopped));
    this.stops.add(stopped);
  }

  /** Anybody may look at `/health`, so it names no reasons: they hold addresses, and what the server said. */
  private note(): string | undefined {
    const names = this.states().flatMap(({ name, isUp }) => (isUp ? [] : [name]));
    return names.length === 0 ? undefined : `MCP servers without a connection: ${names.join(', ')}; the log says why`;
  }
}
