import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { EventBus } from '../../platform/events/event-bus';
import { HealthService } from '../../platform/health/health.service';
import { ChannelRegistry } from './channel.registry';
import type { RegisteredChannel } from './channel.registry';

/** `off`: no table. `misconfigured`: see its problem. `failing`: its platform does not take answers. */
export type ChannelStatus = 'off' | 'misconfigured' | 'failing' | 'ok';

/** How each channel does, as this process sees it. A broken one is red by itself; the readiness of the gateway does not depend on it. */
@Injectable()
export class ChannelHealth implements OnApplicationBootstrap {
  private readonly logger = new Logger('Channels');
  private readonly failing = new Set<string>();
  private readonly pauses = new Map<string, number>();

  constructor(
    private readonly registry: ChannelRegistry,
    private readonly config: ConfigService,
    private readonly health: HealthService,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    for (const one of this.registry.list()) this.health.note(() => this.warningOf(one));
    this.look();
    this.events.on('config.changed', ({ keys }) => {
      if (keys.some((key) => key.startsWith('channels_config'))) this.look();
    });
  }

  statusOf(one: RegisteredChannel): ChannelStatus {
    if (!this.registry.isConfigured(one)) return 'off';
    if (one.channel.problem() !== undefined) return 'misconfigured';
    return this.failing.has(one.name) ? 'failing' : 'ok';
  }

  /** True when nothing keeps it from sending: a missing table, an incomplete one, or a platform that wants to be left alone. */
  maySend(one: RegisteredChannel): boolean {
    const status = this.statusOf(one);
    return (status === 'ok' || status === 'failing') && (this.pauses.get(one.name) ?? 0) <= this.clock.now();
  }

  /** Its platform wants to be left alone, or there is no use in trying. */
  pause(name: string, milliseconds: number): void {
    const until = this.clock.now() + milliseconds;
    this.pauses.set(name, Math.max(until, this.pauses.get(name) ?? 0));
  }

  /** Nothing is to be waited for any more. */
  resume(name: string): void {
    this.pauses.delete(name);
  }

  /** A delivery went wrong. */
  fail(name: string): void {
    this.failing.add(name);
    this.health.report(componentOf(name), 'error', 'answers cannot be delivered; GET /api/channels says why');
  }

  /** A delivery went well. */
  succeed(name: string): void {
    const recovered = this.failing.delete(name);
    if (recovered) this.health.report(componentOf(name), 'ok');
  }

  /** Takes unsigned deliveries, which the operator has written down and should not forget. */
  isOpen(one: RegisteredChannel): boolean {
    const { allow_unsigned: open } = this.config.get(one.config) as { allow_unsigned?: unknown };
    return this.registry.isConfigured(one) && open === true;
  }

  private look(): void {
    for (const one of this.registry.list()) {
      const status = this.statusOf(one);
      const problem = this.registry.problemOf(one);
      if (status === 'off') {
        if (problem !== undefined) this.logger.warn(`${one.title} stays off: ${problem}`);
        continue;
      }
      if (problem !== undefined) this.logger.error(`${one.title} is switched on and cannot work: ${problem}`);
      if (this.isOpen(one)) this.logger.warn(this.warningOf(one));
      const isFine = status === 'ok';
      this.health.report(componentOf(one.name), isFine ? 'ok' : 'error', isFine ? undefined : 'see GET /api/channels');
    }
  }

  private warningOf(one: RegisteredChannel): string | undefined {
    if (!this.isOpen(one)) return undefined;
    return (
      `${one.title} takes deliveries that nobody has signed (allow_unsigned = true): whoever reaches /${one.name} can instruct the agent ` +
      'in any name. Set its secret and remove allow_unsigned.'
    );
  }
}

function componentOf(name: string): string {
  return `channel:${name}`;
}
