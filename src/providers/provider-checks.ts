import { Injectable } from '@nestjs/common';
import type { HostProof } from './provider';
import { ProviderError } from './provider-error';
import type { ModelTarget } from './model-directory';
import { ProviderRegistry } from './provider.registry';

/** Enough for every model to say something, and next to nothing on the bill. */
const FEW_TOKENS = 16;
/** What model-less profiles are asked for; a host that does not know it has still looked at the key. */
const ANY_MODEL = 'default';

/** Whether the configured model hosts can be asked: past retries, fallbacks, budgets and circuit breakers, which would hide it. */
@Injectable()
export class ProviderChecks {
  constructor(private readonly registry: ProviderRegistry) {}

  /** What the configuration lacks, as sentences that name keys and variables, never values. */
  get problems(): readonly string[] {
    return this.registry.current().problems;
  }

  get default(): ModelTarget {
    return this.registry.current().default;
  }

  get fallbacks(): ModelTarget[] {
    return this.registry.current().fallbacks.map(({ provider, model }) => ({ provider, model: model ?? ANY_MODEL }));
  }

  /** Asks the host for nothing, and where that proves nothing for a few tokens. Throws ProviderError or the signal's reason. */
  async check({ provider, model }: ModelTarget, signal: AbortSignal): Promise<HostProof> {
    try {
      if (provider.check) return await provider.check(signal);
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'not_found') throw error;
    }
    const question = {
      model,
      messages: [{ role: 'user' as const, content: 'ping' }],
      maxTokens: FEW_TOKENS,
      whole: true,
    };
    for await (const event of provider.chat(question, signal)) if (event.type === 'finish') break;
    return { hostTime: undefined, keys: 1, refused: [] };
  }
}
