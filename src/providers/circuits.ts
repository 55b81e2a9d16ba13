import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { EventBus } from '../platform/events/event-bus';
import { CircuitBreaker, type CircuitLimits } from './circuit-breaker';
import './providers.events';
import { ReliabilityConfig } from './reliability.config';

/** One circuit breaker per provider. They outlive a reload of the configuration, so that a failing host stays known as one. */
@Injectable()
export class Circuits {
  private readonly logger = new Logger(Circuits.name);
  private readonly breakers = new Map<string, CircuitBreaker>();

  constructor(
    private readonly config: ConfigService,
    private readonly clock: Clock,
    private readonly events: EventBus,
  ) {}

  /** `provider` is the id of a configured one, which bounds the map. */
  of(provider: string): CircuitBreaker {
    let breaker = this.breakers.get(provider);
    if (!breaker) {
      breaker = new CircuitBreaker(
        provider,
        () => this.limits(),
        () => this.clock.now(),
        (state) => {
          this.logger.warn({ provider, state }, `the circuit of ${provider} is ${state.replace('_', ' ')}`);
          this.events.emit('model.circuit', { provider, state });
        },
      );
      this.breakers.set(provider, breaker);
    }
    return breaker;
  }

  /** Forgets the providers that the configuration no longer knows. */
  keep(providers: readonly string[]): void {
    for (const known of this.breakers.keys()) if (!providers.includes(known)) this.breakers.delete(known);
  }

  private limits(): CircuitLimits {
    const { circuit_failure_threshold: threshold, circuit_cooldown_secs: seconds } = this.config.get(ReliabilityConfig);
    return { threshold, cooldownMs: seconds * 1000 };
  }
}
