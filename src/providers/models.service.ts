import type { Dispatcher } from 'undici';
import type { ChatRequest, ModelEvent, ModelProvider, RawChatRequest } from './provider';

/** A model at a host. */
export interface ModelTarget {
  provider: ModelProvider;
  /** The provider's own name of the model. */
  model: string;
}

/** One row of `GET /v1/models`. */
export interface ModelListing {
  /** `zeroclaw` or `provider/model`. */
  id: string;
  ownedBy: string;
}

/** A model's events, preceded by who answered (with fallbacks that is known only when the first byte is there). */
export type RoutedEvent = ModelEvent | { type: 'start'; provider: string; model: string };

/**
 * The models room's one service: which models there are, and calling them reliably. Retries (backoff, Retry-After), fallbacks and the
 * circuit breaker act only before the first byte; after it an error is final. Announces `model.request` and `model.response` on the EventBus.
 */
export abstract class ModelsService {
  /** What `zeroclaw` means; the `echo` model when no provider is configured. */
  abstract readonly default: ModelTarget;

  /** True when a real provider is configured. */
  abstract readonly configured: boolean;

  /** `zeroclaw` and the configured default model give the default, `provider/model` a configured provider's model; undefined otherwise. */
  abstract resolve(name: string): ModelTarget | undefined;

  abstract list(): ModelListing[];

  /** Asks `target` (the default when left out, then with its fallbacks). Throws ProviderError. */
  abstract chat(
    request: Omit<ChatRequest, 'model'>,
    signal: AbortSignal,
    target?: ModelTarget,
  ): AsyncGenerator<RoutedEvent, void, undefined>;

  /** Faithful pass-through to `target.provider.forward` with retries and the circuit breaker; never another provider. Throws ProviderError. */
  abstract forward(target: ModelTarget, request: RawChatRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData>;
}
