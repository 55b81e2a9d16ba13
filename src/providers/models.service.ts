import { Injectable, Logger } from '@nestjs/common';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { CallRecord } from './call-record';
import { Circuits } from './circuits';
import { exhausted } from './failure';
import { ForwardedAnswer } from './forwarded-answer';
import type { Booking, Caller, ModelBudget } from './model-budget';
import type { ModelTarget } from './model-directory';
import { ModelsConfig } from './models.config';
import type { ChatRequest, ModelEvent, RawChatRequest, Usage } from './provider';
import { ProviderError } from './provider-error';
import { ProviderRegistry } from './provider.registry';
import { ReliabilityConfig } from './reliability.config';
import { withRetries, type RetryPolicy } from './retry';
import { routePlan } from './route-plan';

export type { Caller } from './model-budget';
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

/** A question on its way, with who asks and until when the answer is wanted. */
interface Asked {
  request: Question;
  signal: AbortSignal;
  caller: Caller | undefined;
}

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
  private budget: ModelBudget | undefined;

  constructor(
    private readonly config: ConfigService,
    private readonly registry: ProviderRegistry,
    private readonly circuits: Circuits,
    private readonly events: EventBus,
  ) {}

  /** From now on every call is booked with `budget` first. */
  useBudget(budget: ModelBudget): void {
    this.budget = budget;
  }

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
   * has its fallbacks behind it. Throws ProviderError, the signal's reason once it is aborted, or what the budget refuses with.
   */
  async *chat(
    request: Question,
    signal: AbortSignal,
    target?: ModelTarget,
    caller?: Caller,
  ): AsyncGenerator<RoutedEvent, void, undefined> {
    const directory = this.registry.current();
    const plan = !target || target === directory.default ? routePlan(directory) : [target];
    const { record, first, events } = await this.firstOf(plan, { request, signal, caller });
    let usage: Usage | undefined;
    let ended = false;
    try {
      yield { type: 'start', provider: record.target.provider.id, model: record.target.model };
      for (let next = first; !next.done; next = await events.next()) {
        if (next.value.type === 'usage') ({ usage } = next.value);
        record.wrote(charsOf(next.value));
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
  async forward(
    target: ModelTarget,
    request: RawChatRequest,
    signal: AbortSignal,
    caller?: Caller,
  ): Promise<ForwardedAnswer> {
    const booked = this.budget?.book({ target, request, caller, signal, mayReroute: false });
    const booking = booked instanceof Promise ? await booked : booked;
    try {
      return await withRetries(this.policy(), signal, () => this.forwardOnce(target, request, signal, booking));
    } catch (error) {
      booking?.release();
      throw error;
    }
  }

  private async forwardOnce(
    target: ModelTarget,
    request: RawChatRequest,
    signal: AbortSignal,
    booking: Booking | undefined,
  ): Promise<ForwardedAnswer> {
    const { provider } = target;
    const record = new CallRecord(target, request.stream, this.circuits.of(provider.id), this.events, booking);
    try {
      if (!provider.forward) throw new Error(`${provider.id} cannot forward`);
      const response = await provider.forward(request, signal);
      record.answered();
      return new ForwardedAnswer(response, record, request.stream);
    } catch (error) {
      record.failed(error);
      throw error;
    }
  }

  /** The first target of the plan that begins to answer. */
  private async firstOf(plan: readonly ModelTarget[], asked: Asked): Promise<OpenAnswer> {
    const failures: ProviderError[] = [];
    for (const target of plan) {
      const booked = this.book(target, asked);
      // Nothing is waited for while no budget can refuse.
      const booking = booked instanceof Promise ? await booked : booked;
      try {
        return await withRetries(this.policy(), asked.signal, () => this.open(target, asked, booking));
      } catch (error) {
        booking?.release();
        if (!(error instanceof ProviderError)) throw error;
        failures.push(error);
        this.logger.warn({ err: error, provider: target.provider.id, model: target.model }, 'a model call failed');
        if (error.kind === 'context_length') break;
      }
    }
    throw exhausted(failures);
  }

  private async open(planned: ModelTarget, { request, signal }: Asked, booking?: Booking): Promise<OpenAnswer> {
    const target = booking?.target ?? planned;
    const streamed = request.whole !== true;
    const record = new CallRecord(target, streamed, this.circuits.of(target.provider.id), this.events, booking);
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

  /** Only the default model stands for whatever answers best; a caller that names a model gets that one. */
  private book(target: ModelTarget, { request, signal, caller }: Asked) {
    if (!this.budget) return undefined;
    const maxTokens = this.lengthOf(request, target);
    const mayReroute = target.model === this.default.model && target.provider === this.default.provider;
    const limit = maxTokens === undefined ? {} : { maxTokens };
    return this.budget.book({ target, request, caller, signal, mayReroute, ...limit });
  }

  private lengthOf(request: Question, { maxTokens }: ModelTarget): number | undefined {
    return request.maxTokens ?? maxTokens ?? this.config.get(ModelsConfig).default_max_tokens;
  }

  private complete(request: Question, target: ModelTarget): ChatRequest {
    const { default_temperature: temperature } = this.config.get(ModelsConfig);
    const length = this.lengthOf(request, target);
    // Some hosts refuse the two together, so a caller's top_p stands alone.
    const warmth = request.temperature ?? (request.topP === undefined ? temperature : undefined);
    return {
      ...request,
      model: target.model,
      ...(length !== undefined && { maxTokens: length }),
      ...(warmth !== undefined && { temperature: warmth }),
    };
  }

  private policy(): RetryPolicy {
    const { provider_retries: retries, provider_backoff_ms: backoffMs } = this.config.get(ReliabilityConfig);
    return { retries, backoffMs };
  }
}

/** How much was written, for hosts that do not count. */
function charsOf(event: ModelEvent): number {
  if (event.type === 'text' || event.type === 'reasoning') return event.text.length;
  return event.type === 'tool_call' ? event.arguments.length : 0;
}
