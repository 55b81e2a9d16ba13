import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { SchedulerConfig } from '../../cron/cron.config';
import { findProgram } from '../../tunnel/find-program';
import { TunnelConfig } from '../../tunnel/tunnel.config';
import { tunnelProgram } from '../../tunnel/tunnel-programs';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';
import { Runtime } from '../runtime';

/** What only a running gateway has: its scheduler, its tunnel. */
@Injectable()
export class RuntimeChecks implements CheckList {
  constructor(
    private readonly runtime: Runtime,
    private readonly config: ConfigService,
  ) {}

  checks(): readonly Check[] {
    return [
      { id: 'gateway.running', run: (signal) => this.gateway(signal) },
      { id: 'scheduler.alive', run: (signal) => this.scheduler(signal) },
      { id: 'tunnel.program', run: () => this.program() },
      { id: 'tunnel.open', run: (signal) => this.tunnel(signal) },
    ];
  }

  private async gateway(signal: AbortSignal): Promise<Finding[]> {
    const components = await this.runtime.components(signal);
    if (components === undefined) return [ok('No gateway runs at the configured address.')];
    const broken = Object.entries(components).filter(([, { status }]) => status === 'error');
    if (broken.length === 0) return [ok('The gateway runs, and all its parts are well.')];
    return broken.map(([name, { last_error: reason }]) =>
      warn(`${name} is not well${reason === null ? '' : `: ${reason}`}.`),
    );
  }

  private async scheduler(signal: AbortSignal): Promise<Finding[]> {
    if (!this.config.get(SchedulerConfig).enabled) {
      return [warn('The scheduler is off: jobs run only by hand.', 'Set [scheduler] enabled = true.')];
    }
    const components = await this.runtime.components(signal);
    if (components === undefined) return [];
    const { status, last_error: reason } = components['scheduler'] ?? { status: 'starting', last_error: null };
    if (status === 'ok') return [ok('The scheduler looks for due jobs.')];
    return [
      status === 'error'
        ? fail(`The scheduler cannot work: ${reason}`)
        : warn('The scheduler has not looked for due jobs yet.'),
    ];
  }

  private async program(): Promise<Finding[]> {
    const config = this.config.get(TunnelConfig);
    const program = tunnelProgram(config, { host: '127.0.0.1', port: 1 }, this.config.environment);
    if (program === undefined) return [];
    if ('problem' in program) return [fail(`${program.problem}.`)];
    const file = await findProgram(program.command, program.env['PATH'] ?? '');
    if (file !== undefined) return [ok(`The tunnel is opened by ${file}.`)];
    return [
      fail(`The program "${program.command}" of the tunnel is not installed, or not in the PATH of the gateway.`),
    ];
  }

  private async tunnel(signal: AbortSignal): Promise<Finding[]> {
    const { provider } = this.config.get(TunnelConfig);
    if (provider === 'none') return [];
    const components = await this.runtime.components(signal);
    const tunnel = components?.['tunnel'];
    if (tunnel === undefined) return [];
    if (tunnel.status === 'ok') return [ok(`The tunnel (${provider}) is open.`)];
    return [
      fail(
        `The tunnel (${provider}) is ${tunnel.status === 'starting' ? 'being opened' : 'down'}.`,
        'GET /api/status says why.',
      ),
    ];
  }
}
