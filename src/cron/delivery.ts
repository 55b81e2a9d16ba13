import { Injectable } from '@nestjs/common';
import { SessionsService } from '../agent/sessions.service';
import { ChannelRegistry } from '../channels/core/channel.registry';
import { Outbox } from '../channels/outbox/outbox';
import type { Destination, Job } from './job';

/** What a prompt answers when there is nothing to tell anybody. */
const NO_REPLY = 'NO_REPLY';

/** Hands the output of a good run on, once per run. */
@Injectable()
export class Delivery {
  constructor(
    private readonly sessions: SessionsService,
    private readonly channels: ChannelRegistry,
    private readonly outbox: Outbox,
  ) {}

  /** Why nothing can be delivered there; undefined when it can. */
  problem(destination: Destination): string | undefined {
    if ('session' in destination) return undefined;
    const { channel: name } = destination;
    const found = this.channels.get(name);
    if (!found || !this.channels.isConfigured(found)) {
      const known = this.channels.list().filter((one) => this.channels.isConfigured(one));
      const names = known.map((one) => one.name).join(', ') || 'none';
      return `there is no configured channel ${JSON.stringify(name.slice(0, 64))}; configured: ${names}`;
    }
    return found.channel.problem();
  }

  /** Resolves with why it could not be delivered. An empty text and NO_REPLY go nowhere. */
  async deliver({ owner, deliverTo }: Job, runId: string, text: string): Promise<string | undefined> {
    const said = text.trim();
    if (deliverTo === undefined || said === '' || said.toUpperCase() === NO_REPLY) return undefined;
    const problem = this.problem(deliverTo);
    if (problem !== undefined) return `not delivered: ${problem}`;
    try {
      if ('session' in deliverTo) await this.sessions.say({ owner, id: deliverTo.session }, text);
      else await this.outbox.post({ ...deliverTo, text, key: runId });
      return undefined;
    } catch (error) {
      return `not delivered: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
