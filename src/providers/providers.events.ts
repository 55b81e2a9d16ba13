import type { Usage } from './provider';
import type { ProviderErrorKind } from './provider-error';

/** How a model call ended; `aborted` is a caller that left. The closed set is also the metric label. */
export type CallOutcome = 'ok' | 'aborted' | ProviderErrorKind;

export type CircuitState = 'closed' | 'half_open' | 'open';

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    /** One call to a host begins; a retry is a call of its own. */
    'model.request': { provider: string; model: string };
    'model.response': {
      provider: string;
      model: string;
      outcome: CallOutcome;
      streamed: boolean;
      durationMs: number;
      /** To the first event; for a forwarded call to the answer's headers. */
      timeToFirstTokenMs?: number | undefined;
      usage?: Usage | undefined;
    };
    'model.circuit': { provider: string; state: CircuitState };
  }
}
