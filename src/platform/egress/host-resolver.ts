import { Injectable } from '@nestjs/common';
import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { EgressError } from './egress-error';

/** Turns host names into addresses. */
@Injectable()
export class HostResolver {
  /**
   * @param trusted the operator named this host: it is looked up like the system does, /etc/hosts and search domains included.
   * Any other name only by DNS, whose queries, unlike the system's, hold no thread of the pool and end when the signal does.
   * Rejects with EgressError or the signal's reason.
   */
  async resolve(host: string, trusted: boolean, signal: AbortSignal): Promise<LookupAddress[]> {
    signal.throwIfAborted();
    const found = trusted ? await lookup(host, { all: true }).catch(failed) : await this.query(host, signal);
    signal.throwIfAborted();
    return found;
  }

  /** A resolver for one question, with the name servers of the system. */
  protected open(): Resolver {
    return new Resolver({ timeout: 3000, tries: 2 });
  }

  private async query(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const resolver = this.open();
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const of = (result: PromiseSettledResult<string[]>, family: number) =>
        result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : [];
      const found = [...of(four, 4), ...of(six, 6)];
      return found.length === 0 && four.status === 'rejected' ? failed(four.reason) : found;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }
}

function failed(cause: unknown): never {
  throw new EgressError('dns', cause);
}
