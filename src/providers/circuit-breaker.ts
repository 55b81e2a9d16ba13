import { ProviderError, type ProviderErrorKind } from './provider-error';
import type { CircuitState } from './providers.events';

/** What says something about the host rather than about the request. */
const COUNTED: ReadonlySet<ProviderErrorKind> = new Set(['server', 'timeout', 'connection', 'cut']);

export interface CircuitLimits {
  /** Failures in a row; 0 never opens. */
  threshold: number;
  cooldownMs: number;
}

/**
 * Leaves a host alone that keeps failing: closed → open after `threshold` failures in a row → after the cool-down one call tries it
 * (half open) → closed when that call is answered, open again when it fails.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;
  private probing = false;
  private current: CircuitState = 'closed';

  constructor(
    private readonly provider: string,
    private readonly limits: () => CircuitLimits,
    private readonly now: () => number,
    private readonly changed: (state: CircuitState) => void,
  ) {}

  get state(): CircuitState {
    return this.current;
  }

  /** Before a call. Throws `circuit_open` when the host is to be left alone. */
  enter(): void {
    if (this.current === 'closed') return;
    const wait = this.openUntil - this.now();
    if (this.limits().threshold === 0) this.move('closed');
    else if (wait > 0 || this.probing) this.refuse(wait);
    else {
      this.probing = true;
      this.move('half_open');
    }
  }

  /** The host began to answer. That is enough to let others in again; the next failure still counts as one too many. */
  answered(): void {
    if (this.current !== 'half_open') return;
    this.failures = Math.max(this.limits().threshold - 1, 0);
    this.probing = false;
    this.move('closed');
  }

  completed(): void {
    this.failures = 0;
    this.probing = false;
    this.move('closed');
  }

  failed(kind: ProviderErrorKind): void {
    // A refusal is an answer too: the host is alive.
    if (!COUNTED.has(kind)) return this.answered();
    const { threshold, cooldownMs } = this.limits();
    this.failures++;
    this.probing = false;
    if (threshold === 0 || this.failures < threshold || this.current === 'open') return;
    this.openUntil = this.now() + cooldownMs;
    this.move('open');
  }

  /** The caller left before the host said anything. */
  abandoned(): void {
    if (this.current !== 'half_open') return;
    this.probing = false;
  }

  private refuse(wait: number): never {
    const retryAfter = Math.max(Math.ceil(wait / 1000), 1);
    throw new ProviderError(
      'circuit_open',
      this.provider,
      `${this.provider} kept failing and is left alone for a moment. Try again in ${retryAfter} s.`,
      { retryAfter },
    );
  }

  private move(state: CircuitState): void {
    if (state === this.current) return;
    this.current = state;
    this.changed(state);
  }
}
