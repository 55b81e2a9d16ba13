import { Injectable, Logger } from '@nestjs/common';
import type { ModelTarget } from '../../providers/models.service';
import { ProviderError } from '../../providers/provider-error';

/** Hosts have no code for it; these are the words of Ollama, OpenRouter, vLLM and others. */
const NO_TOOLS =
  /\bdoes not support (?:tools|tool use|function calling)\b|\bsupport tool use\b|\btool choice requires --enable|\b(?:tools|tool calling|function calling) (?:is|are) not (?:supported|enabled)\b/i;
const REMEMBERED = 500;

/** Remembers which models have refused to be offered tools, so that they are told of them in words from then on. */
@Injectable()
export class ToolRefusals {
  private readonly logger = new Logger(ToolRefusals.name);
  private readonly models = new Set<string>();

  has(target: ModelTarget): boolean {
    return this.models.size > 0 && this.models.has(nameOf(target));
  }

  /** True when that is what the error says and it was not known yet. */
  learn(error: unknown, target: ModelTarget): boolean {
    if (!(error instanceof ProviderError) || this.has(target)) return false;
    if (error.kind !== 'invalid_request' && error.kind !== 'not_found') return false;
    if (!NO_TOOLS.test(error.message)) return false;
    if (this.models.size >= REMEMBERED) this.models.clear();
    this.models.add(nameOf(target));
    this.logger.log(`${nameOf(target)} cannot call tools natively; it is told of them in words from now on`);
    return true;
  }
}

function nameOf({ provider, model }: ModelTarget): string {
  return `${provider.id}/${model}`;
}
