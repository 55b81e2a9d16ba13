import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import { configSections } from '../../src/config-sections';
import type { ConfigService } from '../../src/platform/config/config.service';
import { loadConfig } from '../../src/platform/config/load-config';
import { EgressError } from '../../src/platform/egress/egress-error';
import { GuardedEgress } from '../../src/platform/egress/guarded-egress';
import { HostResolver } from '../../src/platform/egress/host-resolver';
import { EventBus, type GatewayEvents } from '../../src/platform/events/event-bus';
import { tempDir } from './temp-dir';

/** Name service of a test: the addresses of each host, one list per question, the last one for all further questions. */
export class Hosts extends HostResolver {
  readonly asked: string[] = [];
  private readonly answers = new Map<string, string[][]>();

  set(host: string, ...answers: string[][]): void {
    this.answers.set(host, answers);
  }

  override async resolve(host: string): Promise<LookupAddress[]> {
    this.asked.push(host);
    const answers = this.answers.get(host);
    const now = answers && answers.length > 1 ? answers.shift() : answers?.[0];
    if (!now) throw new EgressError('dns', new Error(`${host} is not a host of this test`));
    return now.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  }
}

export interface GuardUnderTest {
  egress: GuardedEgress;
  hosts: Hosts;
  config: ConfigService;
  events: EventBus;
  /** `egress.finished` so far. */
  finished: GatewayEvents['egress.finished'][];
  /** Writes the configuration anew and has it taken over. */
  reconfigure(toml: string): Promise<void>;
  stop(): Promise<void>;
}

/** The guard on a real configuration file, with names of the test's own. */
export async function startGuard(toml = '', env: Record<string, string> = {}): Promise<GuardUnderTest> {
  const dir = await tempDir();
  const write = (text: string) => writeFile(join(dir.path, 'config.toml'), text, { mode: 0o600 });
  await write(toml);
  const config = await loadConfig({ sections: configSections, configDir: dir.path, env });
  const events = new EventBus();
  const hosts = new Hosts();
  const finished: GatewayEvents['egress.finished'][] = [];
  events.on('egress.finished', (event) => finished.push(event));
  return {
    egress: new GuardedEgress(config, events, hosts),
    hosts,
    config,
    events,
    finished,
    reconfigure: async (text) => {
      await write(text);
      await config.reload();
    },
    stop: () => dir.remove(),
  };
}
