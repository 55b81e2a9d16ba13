import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import type { ModelTarget } from '../../providers/model-directory';
import type { HostProof } from '../../providers/provider';
import { ProviderChecks } from '../../providers/provider-checks';
import { ProviderError } from '../../providers/provider-error';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

/** Webhooks and App tokens are refused when the clock is five minutes wrong. */
const WRONG_MS = 120_000;
const DOUBTFUL_MS = 10_000;

interface Answer {
  finding: Finding;
  proof?: HostProof;
}

/** The model hosts: configured, reachable, and their keys taken. */
@Injectable()
export class ProviderHostChecks implements CheckList {
  constructor(
    private readonly providers: ProviderChecks,
    private readonly clock: Clock,
  ) {}

  checks(): readonly Check[] {
    let asked: Promise<Answer> | undefined;
    const ask = (signal: AbortSignal) => (asked ??= this.ask(this.providers.default, signal));
    return [
      { id: 'provider.configured', run: () => this.configured() },
      { id: 'provider.key', run: async (signal) => [(await ask(signal)).finding] },
      { id: 'provider.fallbacks', run: (signal) => this.fallbacks(signal) },
      { id: 'clock.skew', run: (signal) => this.skew(() => ask(signal)) },
    ];
  }

  private configured(): Finding[] {
    const { default: target, problems } = this.providers;
    const lacking = problems.map((problem) => fail(problem));
    if (target.provider.id === 'echo' && lacking.length === 0) {
      return [
        warn(
          'No model provider is configured: the built-in echo model answers.',
          'Set default_provider and api_key in config.toml, or a variable such as OPENAI_API_KEY.',
        ),
      ];
    }
    return lacking.length > 0 ? lacking : [ok(`${target.provider.id} answers with ${target.model}.`)];
  }

  private async fallbacks(signal: AbortSignal): Promise<Finding[]> {
    const { fallbacks } = this.providers;
    const asked = await Promise.all(fallbacks.map((target) => this.ask(target, signal)));
    // The gateway works without them.
    return asked.map(({ finding }) =>
      finding.severity === 'error' ? { ...finding, severity: 'warn' as const } : finding,
    );
  }

  private async skew(ask: () => Promise<Answer>): Promise<Finding[]> {
    const { default: target } = this.providers;
    if (target.provider.id === 'echo') return [];
    const before = this.clock.now();
    const { proof } = await ask();
    if (proof?.hostTime === undefined) return [];
    const after = this.clock.now();
    // Its clock is told in whole seconds, and some time passed on the way.
    const ahead = before - (proof.hostTime + 1_000);
    const behind = proof.hostTime - after;
    const skew = Math.max(0, ahead, behind);
    if (skew < DOUBTFUL_MS) return [ok(`The clock agrees with the one of ${target.provider.id}.`)];
    const sentence = `The clock is ${Math.round(skew / 1_000)} s ${ahead > behind ? 'ahead of' : 'behind'} the one of ${target.provider.id}.`;
    const advice = 'Let NTP keep the time: signed webhooks and tokens are refused when it is minutes wrong.';
    return [skew < WRONG_MS ? warn(sentence, advice) : fail(sentence, advice)];
  }

  private async ask(target: ModelTarget, signal: AbortSignal): Promise<Answer> {
    const { id } = target.provider;
    if (id === 'echo') return { finding: ok('The echo model needs no key.') };
    try {
      const proof = await this.providers.check(target, signal);
      const { refused, keys } = proof;
      if (refused.length === 0)
        return { finding: ok(`${id} is reached and takes the ${keys > 1 ? `${keys} keys` : 'key'}.`), proof };
      const which = refused.join(', ');
      return {
        finding: warn(`${id} refuses key ${which} of ${keys}.`, 'Take it out of api_keys, or write a new one.'),
        proof,
      };
    } catch (error) {
      if (error instanceof ProviderError) return { finding: fail(error.message) };
      throw error;
    }
  }
}
