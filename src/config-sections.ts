import { AuditConfig } from './audit/audit.config';
import { RunsConfig } from './agent/runs/runs.config';
import { AgentConfig } from './agent/agent.config';
import { LeakGuardConfig } from './platform/leak-guard/leak-guard.config';
import { MemoryConfig } from './memory/memory.config';
import { CostConfig } from './cost/cost.config';
import { CronConfig, SchedulerConfig } from './cron/cron.config';
import { PairingConfig } from './pairing/pairing.config';
import { ChannelsConfig } from './channels/channels.config';
import { roster } from './channels/roster';
import { ConfigHistoryConfig } from './dashboard/config/config-history.config';
import { EventsConfig } from './dashboard/events/events.config';
import { WebhookConfig } from './chat/webhook.config';
import type { SectionClass } from './platform/config/section';
import { StorageConfig } from './platform/database/storage.config';
import { EgressConfig } from './platform/egress/egress.config';
import { UrlAccessConfig } from './platform/egress/url-access.config';
import { GatewayConfig } from './platform/http/gateway.config';
import { LifecycleConfig } from './platform/lifecycle/lifecycle.config';
import { WebSocketConfig } from './platform/websocket/websocket.config';
import { LoggingConfig } from './platform/logging/logging.config';
import { ObservabilityConfig } from './platform/metrics/observability.config';
import { ModelsConfig } from './providers/models.config';
import { ReliabilityConfig } from './providers/reliability.config';
import { TunnelConfig } from './tunnel/tunnel.config';
import { McpConfig } from './tools/mcp/mcp.config';
import { AutonomyConfig } from './tools/safety/autonomy.config';
import { HttpRequestConfig } from './tools/web/http-request.config';
import { WebFetchConfig } from './tools/web/web-fetch.config';
import { WebSearchConfig } from './tools/web/web-search.config';

/** Tables whose mere presence switches a channel on. */
export const channelTables: readonly SectionClass[] = roster.map(({ config }) => config);

/** Every table of config.toml, in the order of config.example.toml. */
export const configSections: readonly SectionClass[] = [
  ModelsConfig,
  ReliabilityConfig,
  GatewayConfig,
  TunnelConfig,
  WebSocketConfig,
  PairingConfig,
  AgentConfig,
  RunsConfig,
  MemoryConfig,
  CostConfig,
  AuditConfig,
  CronConfig,
  SchedulerConfig,
  EventsConfig,
  ConfigHistoryConfig,
  AutonomyConfig,
  LeakGuardConfig,
  WebhookConfig,
  ChannelsConfig,
  ...channelTables,
  StorageConfig,
  EgressConfig,
  UrlAccessConfig,
  HttpRequestConfig,
  WebFetchConfig,
  WebSearchConfig,
  McpConfig,
  LoggingConfig,
  ObservabilityConfig,
  LifecycleConfig,
];
