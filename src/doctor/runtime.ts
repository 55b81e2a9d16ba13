import type { ComponentHealth } from '../platform/health/health.service';

/** The running gateway, seen from inside or, by the command line, from outside. */
export abstract class Runtime {
  /** What its parts report about themselves; undefined when no gateway runs. */
  abstract components(signal: AbortSignal): Promise<Readonly<Record<string, ComponentHealth>> | undefined>;
}
