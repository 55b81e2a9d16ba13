import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { Egress } from '../platform/egress/egress';
import { redactSecrets } from '../platform/logging/redact';
import { LineLog } from '../tools/mcp/line-log';
import { TunnelConfig } from './tunnel.config';
import { TunnelHealth } from './tunnel-health';
import type { LocalTarget, TunnelProgram } from './tunnel-program';
import { tunnelProgram } from './tunnel-programs';
import { TunnelRun } from './tunnel-run';
import { TunnelState } from './tunnel-state';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A run that was up this long was a good one: the next pause is short again. */
const STABLE_MS = 60_000;
/** For the program to leave by itself before it is killed. */
const GRACE_MS = 2_000;

/**
 * Keeps the configured tunnel open from when the gateway listens until it stops: what ends is started anew after pauses that grow from a
 * second to a minute. A tunnel that does not come up is a warning; the gateway goes on without it.
 */
@Injectable()
export class TunnelService implements OnApplicationShutdown {
  private readonly logger = new Logger('Tunnel');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private current: TunnelRun | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly egress: Egress,
    private readonly state: TunnelState,
  ) {}

  /** Begins to open the tunnel; does not wait for it. */
  start(target: LocalTarget): void {
    const config = this.config.get(TunnelConfig);
    const program = tunnelProgram(config, target, this.config.environment);
    if (program === undefined || this.running !== undefined) return;
    if ('problem' in program) return this.unusable(program.problem);
    this.state.opening();
    this.running = this.keepOpen(program);
  }

  /** Process id of the program that runs now. */
  get pid(): number | undefined {
    return this.current?.pid;
  }

  /** After the last request: its answer may still go through the tunnel. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private unusable(problem: string): void {
    this.logger.warn(`The gateway goes on without a tunnel: ${problem}`);
    this.state.down(problem);
  }

  private async keepOpen(program: TunnelProgram): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      const { reason, wasStable } = await this.once(program, signal);
      if (signal.aborted) break;
      if (wasStable) failures = 0;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
      this.state.down(reason);
      this.logger.warn(`The tunnel is down: ${reason}; next try in ${pause / 1_000} s`);
      await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) this.state.restarting();
    }
    this.state.stopped();
  }

  private async once(program: TunnelProgram, signal: AbortSignal): Promise<{ reason: string; wasStable: boolean }> {
    const clean = (text: string) => redactSecrets(text, program.secrets);
    const log = new LineLog((line) => this.logger.debug(clean(line)));
    let upSince: number | undefined;
    let health: TunnelHealth | undefined;
    const run = new TunnelRun(
      program,
      {
        line: (line) => log.add(line),
        up: (url) => {
          upSince ??= performance.now();
          if (this.state.up(url)) this.logger.log(`The tunnel is open${url === null ? '' : `: ${url}`}`);
          if (program.healthUrl !== undefined) {
            health ??= new TunnelHealth(program.healthUrl, this.egress, (reason) => void run.end(reason));
          }
        },
        down: (problem) => this.state.down(clean(problem)),
      },
      GRACE_MS,
    );
    this.current = run;
    const reason = clean(await run.live(signal));
    health?.stop();
    this.current = undefined;
    return { reason, wasStable: upSince !== undefined && performance.now() - upSince >= STABLE_MS };
  }
}
