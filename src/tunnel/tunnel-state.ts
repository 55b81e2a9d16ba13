import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { HealthService } from '../platform/health/health.service';
import { TunnelConfig } from './tunnel.config';
import type { TunnelProvider } from './tunnel.config';
import './tunnel.events';

const LONGEST_REASON = 500;

/** `off`: none is configured. `starting`: it is being opened. `down`: it does not work; it is tried again unless the configuration lacks something. */
export type TunnelStatus = 'off' | 'starting' | 'up' | 'down' | 'stopped';

/** As `GET /api/status` shows it. */
export interface TunnelView {
  provider: TunnelProvider;
  status: TunnelStatus;
  /** Where the gateway is reached; null while nobody knows. */
  url: string | null;
  /** RFC 3339: since when it has this status. */
  since: string | null;
  /** How often the program was started anew. */
  restarts: number;
  /** Why it does not work. */
  problem: string | null;
}

/** What is known of the tunnel. Tells health and the event bus when that changes. */
@Injectable()
export class TunnelState {
  private status: TunnelStatus = 'off';
  private url: string | null = null;
  private since: number | undefined;
  private restarts = 0;
  private problem: string | null = null;
  private readonly knowing = new Set<() => void>();

  constructor(
    private readonly config: ConfigService,
    private readonly events: EventBus,
    private readonly health: HealthService,
    private readonly clock: Clock,
  ) {
    // Anybody may look at /health, so it names no reasons.
    health.note(() =>
      this.status === 'down' ? `The tunnel (${this.provider}) is down; GET /api/status says why` : undefined,
    );
  }

  get view(): TunnelView {
    const { provider, status, url, restarts, problem } = this;
    return {
      provider,
      status,
      url,
      since: this.since === undefined ? null : new Date(this.since).toISOString(),
      restarts,
      problem,
    };
  }

  opening(): void {
    this.enter('starting');
    this.health.report('tunnel', 'starting');
  }

  /** True when that is new. */
  up(url: string | null): boolean {
    if (this.status === 'up' && this.url === url) return false;
    this.url = url;
    this.problem = null;
    this.enter('up');
    this.health.report('tunnel', 'ok');
    this.events.emit('tunnel.up', { provider: this.provider, url });
    return true;
  }

  /** @param words may be a program's own: they are cut to a line */
  down(words: string): void {
    const reason = words.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_REASON);
    const isNew = this.status !== 'down' || this.problem !== reason;
    this.problem = reason;
    this.url = null;
    this.enter('down');
    this.health.report('tunnel', 'error', 'the tunnel is down; GET /api/status says why');
    if (isNew) this.events.emit('tunnel.down', { provider: this.provider, reason });
  }

  restarting(): void {
    this.restarts++;
    this.health.restarted('tunnel');
  }

  stopped(): void {
    this.url = null;
    this.enter('stopped');
  }

  /** Resolves when the tunnel is up or has failed for the first time, at the latest after `limitMs`. */
  async known(limitMs: number): Promise<TunnelView> {
    if (this.status === 'starting') {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.knowing.add(resolve);
      const timer = setTimeout(resolve, limitMs);
      await promise;
      clearTimeout(timer);
      this.knowing.delete(resolve);
    }
    return this.view;
  }

  private get provider(): TunnelProvider {
    return this.config.get(TunnelConfig).provider;
  }

  private enter(status: TunnelStatus): void {
    if (this.status !== status) this.since = this.clock.now();
    this.status = status;
    if (status !== 'starting') for (const tell of this.knowing) tell();
  }
}
