import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { EventBus } from '../../platform/events/event-bus';
import '../core/channel.events';
import { ChannelHealth } from '../core/channel-health';
import { ChannelRegistry } from '../core/channel.registry';
import type { RegisteredChannel } from '../core/channel.registry';
import { LettersRepository } from './letters.repository';
import type { QueueState } from './letters.repository';
import { time } from './letters.view';

/** What happened at a channel since this process began. */
type Counters = Record<string, number>;

/** What an operator sees of each channel: whether it works, what waits, what went wrong. */
@Injectable()
export class ChannelCards {
  private readonly counters = new Map<string, Counters>();

  constructor(
    private readonly registry: ChannelRegistry,
    private readonly health: ChannelHealth,
    private readonly repository: LettersRepository,
    private readonly clock: Clock,
    events: EventBus,
  ) {
    events.on('channel.message', ({ channel, direction, outcome }) => this.count(channel, `${direction}_${outcome}`));
    events.on('channel.ignored', ({ channel }) => this.count(channel, 'ignored'));
    events.on('channel.rejected', ({ channel }) => this.count(channel, 'rejected'));
  }

  async all(): Promise<object[]> {
    const channels = this.registry.list();
    const states = await this.repository.states(channels.map(({ name }) => name));
    return Promise.all(channels.map((one) => this.card(one, states.get(one.name))));
  }

  private async card(one: RegisteredChannel, state: QueueState | undefined): Promise<object> {
    const status = this.health.statusOf(one);
    const latest = await this.repository.latest(one.name);
    const waitsSince = state?.oldestWaitingSince;
    return {
      name: one.name,
      title: one.title,
      path: `/${one.name}`,
      configured: status !== 'off',
      status,
      problem: this.registry.problemOf(one) ?? null,
      allow_unsigned: this.health.isOpen(one),
      inbound: { received: 0, running: 0, dead: 0, ...state?.inbound },
      outbound: { pending: 0, sending: 0, dead: 0, ...state?.outbound },
      oldest_waiting_seconds: waitsSince === undefined ? null : Math.max(0, (this.clock.now() - waitsSince) / 1000),
      last_received_at: time(latest.receivedAt),
      last_sent_at: time(latest.sentAt),
      last_error: (await this.repository.lastError(one.name)) ?? null,
      counters: this.counters.get(one.name) ?? {},
    };
  }

  /** Names of channels come from the routes, so there are only so many. */
  private count(channel: string, what: string): void {
    const counters = this.counters.get(channel) ?? {};
    counters[what] = (counters[what] ?? 0) + 1;
    this.counters.set(channel, counters);
  }
}
