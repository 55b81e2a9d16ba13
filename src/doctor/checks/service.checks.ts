import { Injectable } from '@nestjs/common';
import { PriceList } from '../../cost/price-list';
import { CostConfig } from '../../cost/cost.config';
import { EmbeddingError } from '../../memory/vectors/embedding-error';
import { Embedder } from '../../memory/vectors/embedder';
import { MemoryConfig } from '../../memory/memory.config';
import { ConfigService } from '../../platform/config/config.service';
import { ModelsService } from '../../providers/models.service';
import type { Check, CheckList } from '../check';
import { fail, ok, warn } from '../finding';
import type { Finding } from '../finding';

/** What the agent leans on beside its model. */
@Injectable()
export class ServiceChecks implements CheckList {
  constructor(
    private readonly embedder: Embedder,
    private readonly prices: PriceList,
    private readonly models: ModelsService,
    private readonly config: ConfigService,
  ) {}

  checks(): readonly Check[] {
    return [
      { id: 'memory.embeddings', run: (signal) => this.embeddings(signal) },
      { id: 'cost.prices', run: () => this.price() },
    ];
  }

  private async embeddings(signal: AbortSignal): Promise<Finding[]> {
    if (this.config.get(MemoryConfig).backend === 'none') return [ok('The memory is off.')];
    const { problem, model } = this.embedder;
    if (problem !== undefined) return [fail(`Entries are found by words only: ${problem}.`)];
    if (model === undefined) return [ok('Entries are found by words; no embeddings are configured.')];
    try {
      await this.embedder.embed(['ping'], signal);
      return [ok(`${model} makes vectors.`)];
    } catch (error) {
      if (!(error instanceof EmbeddingError)) throw error;
      return [
        fail(`Entries are found by words only: ${error.message}`, 'Look at [memory] embedding_provider and its key.'),
      ];
    }
  }

  private async price(): Promise<Finding[]> {
    if (!this.config.get(CostConfig).enabled) return [ok('No record of costs is kept.')];
    await this.prices.load();
    const { provider, model } = this.models.default;
    if (this.prices.rate(provider.id, model).known) return [ok(`The price of ${provider.id}/${model} is known.`)];
    return [
      warn(
        `No list knows the price of ${provider.id}/${model}: it is counted like a large model.`,
        `Write [cost.prices."${provider.id}/${model}"] with input and output.`,
      ),
    ];
  }
}
