import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { CallRecord } from './call-record';
import { Circuits } from './circuits';
import { exhausted } from './failure';
import { ForwardedAnswer } from './forwarded-answer';
import type { ModelTarget } from './model-directory';
import { ModelsConfig } from './models.config';
import type { ChatRequest, ModelEvent, RawChatRequest, Usage } from './provider';
import { ProviderError } from './provider-error';
import { ProviderRegistry } from './provider.registry';
import { ReliabilityConfig } from './reliability.config';
import { withRetries, type RetryPolicy } from './retry';
import { routePlan } from './route-plan';

export type { ModelTarget } from './model-directory';

/** One row of `GET /v1/models`. */
export interface ModelListing {
  /** `zeroclaw` or `provider/model`. */
  id: string;
  ownedBy: string;
}

/** A model's events, preceded by who answered (with fallbacks that is known only when the first byte is there). */
export type RoutedEvent = ModelEvent | { type: 'start'; provider: string; model: string };

/** The wishes of a caller, without the model, which the target names. */
export type Question = Omit<ChatRequest, 'model'>;

interface OpenAnswer {
  record: CallRecord;
  first: IteratorResult<ModelEvent, void>;
  events: AsyncGenerator<ModelEvent, void, undefined>;
}

/**
 * The models room's one service: which models there are, and calling them reliably. Retries (backoff, Retry-After), fallbacks and the
 * circuit breaker act only before the first byte; after it an error is final. Announces `model.request` and `model.response` on the EventBus.
 */
@Injectable()
export class ModelsService {
  private readonly logger = new Logger(ModelsService.name);

  constructor(
    private readonly config: ConfigService,
    private readonly registry: ProviderRegistry,
    private readonly circuits: Circuits,
    private readonly events: EventBus,
  ) {}

  /** What `zeroclaw` means; the `echo` model when no provider is configured. */
  get default(): ModelTarget {
    return this.registry.current().default;
  }

  /** True when a real provider is configured. */
  get configured(): boolean {
    return this.registry.current().configured;
  }

  /**
   * `zeroclaw` and the configured default model give `default` itself, `provider/model` a configured provider's model,
   * `hint:<hint>` a route's; undefined otherwise.
   */
  resolve(name: string): ModelTarget | undefined {
    return this.registry.current().resolve(name);
  }

  list(): ModelListing[] {
    const named = this.registry.current().models();
    return [
      { id: 'zeroclaw', ownedBy: 'zeroclaw' },
      ...named.map(({ provider, model }) => ({ id: `${provider}/${model}`, ownedBy: provider })),
    ];
  }

  /**
   * Asks `target`, with the configured temperature and length where the request leaves them out. The default target (also when left out)
   * has its fallbacks behind it. Throws ProviderError, or the signal's reason once it is aborted.
   */
  async *chat(
    request: Question,
    signal: AbortSignal,
    target?: ModelTarget,
  ): AsyncGenerator<RoutedEvent, void, undefined> {
    const directory = this.registry.current();
    const plan = !target || target === directory.default ? routePlan(directory) : [target];
    const { record, first, events } = await this.firstOf(plan, request, signal);
    let usage: Usage | undefined;
    let ended = false;
    try {
      yield { type: 'start', provider: record.target.provider.id, model: record.target.model };
      for (let next = first; !next.done; next = await events.next()) {
        if (next.value.type === 'usage') ({ usage } = next.value);
        if (next.value.type === 'finish') {
          ended = true;
          record.completed(usage);
        }
        yield next.value;
      }
    } catch (error) {
      record.failed(error, usage);
      throw error;
    } finally {
      // A consumer that stops listening ends the call.
      await events.return();
      if (!ended) record.failed(undefined, usage);
    }
  }

  /**
   * Faithful pass-through to `target.provider.forward` with retries and the circuit breaker; never another provider.
   * Throws ProviderError, or the signal's reason. The caller relays the body and reports its end on the answer, exactly once.
   */
  forward(target: ModelTarget, request: RawChatRequest, signal: AbortSignal): Promise<ForwardedAnswer> {
    const { provider } = target;
    const circuit = this.circuits.of(provider.id);
    return withRetries(this.policy(), signal, async () => {
      const record = new CallRecord(target, request.stream, circuit, this.events);
      try {
        if (!provider.forward) throw new Error(`${provider.id} cannot forward`);
        const response = await provider.forward(request, signal);
        record.answered();
        return new ForwardedAnswer(response, record);
      } catch (error) {
        record.failed(error);
        throw error;
      }
    });
  }

  /** The first target of the plan that begins to answer. */
  private async firstOf(plan: readonly ModelTarget[], request: Question, signal: AbortSignal): Promise<OpenAnswer> {
    const failures: ProviderError[] = [];
    for (const target of plan) {
      try {
        return await withRetries(this.policy(), signal, () => this.open(target, request, signal));
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        failures.push(error);
        this.logger.warn({ err: error, provider: target.provider.id, model: target.model }, 'a model call failed');
        if (error.kind === 'context_length') break;
      }
    }
    throw exhausted(failures);
  }

  private async open(target: ModelTarget, request: Question, signal: AbortSignal): Promise<OpenAnswer> {
    const record = new CallRecord(target, request.whole !== true, this.circuits.of(target.provider.id), this.events);
    const events = target.provider.chat(this.complete(request, target), signal);
    try {
      const first = await events.next();
      record.answered();
      return { record, first, events };
    } catch (error) {
      record.failed(error);
      throw error;
    }
  }

  private complete(request: Question, { model, maxTokens }: ModelTarget): ChatRequest {
    const { default_temperature: temperature, default_max_tokens: limit } = this.config.get(ModelsConfig);
    const length = request.maxTokens ?? maxTokens ?? limit;
    // Some hosts refuse the two together, so a caller's top_p stands alone.
    const warmth = request.temperature ?? (request.topP === undefined ? temperature : undefined);
    return {
      ...request,
      model,
      ...(length !== undefined && { maxTokens: length }),
      ...(warmth !== undefined && { temperature: warmth }),
    };
  }

  private policy(): RetryPolicy {
    const { provider_retries: retries, provider_backoff_ms: backoffMs } = this.config.get(ReliabilityConfig);
    return { retries, backoffMs };
  }
}
