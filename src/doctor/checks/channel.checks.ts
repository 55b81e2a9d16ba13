import { Injectable } from '@nestjs/common';
import { ChannelRegistry } from '../../channels/core/channel.registry';
import type { RegisteredChannel } from '../../channels/core/channel.registry';
import { DeliveryError } from '../../channels/core/delivery-error';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

/** The messaging channels that have a table: complete, and known to their platforms. */
@Injectable()
export class ChannelChecks implements CheckList {
  constructor(private readonly registry: ChannelRegistry) {}

  checks(): readonly Check[] {
    const on = this.registry.list().filter((one) => this.registry.isConfigured(one));
    if (on.length === 0) return [{ id: 'channel.none', run: () => [ok('No messaging channel is configured.')] }];
    return on.map((one) => ({ id: `channel.${one.name}`, run: (signal) => examine(one, signal) }));
  }
}

async function examine({ channel, title }: RegisteredChannel, signal: AbortSignal): Promise<Finding[]> {
  const problem = channel.problem();
  if (problem !== undefined) return [fail(`${title} cannot work: ${problem}`)];
  if (!channel.check) return [ok(`${title} is configured; its platform has nothing to ask without sending a message.`)];
  try {
    return [ok(`${title} answers and knows us as ${await channel.check(signal)}.`)];
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const sentence = `${title}: ${error.message}`;
    return [
      error.failure === 'retry' ? warn(sentence, 'It may pass; answers wait in the outbox meanwhile.') : fail(sentence),
    ];
  }
}
