import type { EventBus } from '../platform/events/event-bus';
import type { CircuitBreaker } from './circuit-breaker';
import type { Booking } from './model-budget';
import type { ModelTarget } from './model-directory';
import type { Usage } from './provider';
import { ProviderError } from './provider-error';
import type { CallOutcome } from './providers.events';

/** One call to a host, from entering its circuit to its one outcome. What is reported twice counts once. */
export class CallRecord {
  private readonly started = performance.now();
  private firstToken: number | undefined;
  private written = 0;
  private closed = false;

  constructor(
    readonly target: ModelTarget,
    private readonly streamed: boolean,
    private readonly circuit: CircuitBreaker,
    private readonly events: EventBus,
    private readonly booking?: Booking,
  ) {
    circuit.enter();
    events.emit('model.request', { provider: target.provider.id, model: target.model });
  }

  answered(): void {
    if (this.firstToken !== undefined) return;
    this.firstToken = performance.now();
    this.circuit.answered();
  }

  /** @param chars received, roughly */
  wrote(chars: number): void {
    this.written += chars;
  }

  completed(usage: Usage | undefined): void {
    if (this.closed) return;
    this.circuit.completed();
    this.close('ok', usage);
  }

  failed(error: unknown, usage?: Usage): void {
    if (this.closed) return;
    if (error instanceof ProviderError) {
      this.circuit.failed(error.kind);
      this.close(error.kind, usage);
    } else {
      this.circuit.abandoned();
      this.close('aborted', usage);
    }
  }

  private close(outcome: CallOutcome, usage: Usage | undefined): void {
    this.closed = true;
    this.booking?.ended({ outcome, answered: this.firstToken !== undefined, usage, written: this.written });
    this.events.emit('model.response', {
      provider: this.target.provider.id,
      model: this.target.model,
      outcome,
      streamed: this.streamed,
      durationMs: performance.now() - this.started,
      timeToFirstTokenMs: this.firstToken === undefined ? undefined : this.firstToken - this.started,
      usage,
    });
  }
}
