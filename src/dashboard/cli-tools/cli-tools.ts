import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { KNOWN_TOOLS } from './known-tools';
import type { KnownTool } from './known-tools';
import { findProgram, versionOf } from './probe';

const KEPT_MS = 60_000;
/** Programs get these of the gateway's variables, and none of its secrets. */
const PASSED_ON = ['PATH', 'HOME', 'LANG'];

export interface FoundTool {
  name: string;
  /** Absolute. */
  path: string;
  version: string | null;
  category: KnownTool['category'];
}

/** Which well-known programs this machine has. They are all asked at once, for two seconds at the most and not more often than once a minute. */
@Injectable()
export class CliTools {
  private known: { at: number; tools: Promise<FoundTool[]> } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {}

  list(): Promise<FoundTool[]> {
    const now = this.clock.now();
    if (!this.known || now - this.known.at >= KEPT_MS) this.known = { at: now, tools: this.probe() };
    return this.known.tools;
  }

  private async probe(): Promise<FoundTool[]> {
    const { environment } = this.config;
    const env = Object.fromEntries(PASSED_ON.map((name) => [name, environment[name]]));
    const found = await Promise.all(
      KNOWN_TOOLS.map(async ({ name, category, arguments: args = ['--version'] }) => {
        const path = await findProgram(name, environment['PATH'] ?? '');
        return path === undefined ? undefined : { name, path, version: await versionOf(path, args, env), category };
      }),
    );
    return found.filter((tool) => tool !== undefined);
  }
}
