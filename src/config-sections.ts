import { AgentConfig } from './agent/agent.config';
import { LeakGuardConfig } from './agent/leak-guard.config';
import { PairingConfig } from './pairing/pairing.config';
import type { SectionClass } from './platform/config/section';
import { StorageConfig } from './platform/database/storage.config';
import { GatewayConfig } from './platform/http/gateway.config';
import { LoggingConfig } from './platform/logging/logging.config';

/** Every table of config.toml, in the order of config.example.toml. */
export const configSections: readonly SectionClass[] = [
  GatewayConfig,
  PairingConfig,
  AgentConfig,
  LeakGuardConfig,
  StorageConfig,
  LoggingConfig,
];
