import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';

/**
 * Everything that is announced inside the gateway, by name. A room adds its own events by declaration merging:
 * `declare module '../platform/events/event-bus' { interface GatewayEvents { 'pairing.paired': { … } } }`
 */
// eslint-style empty interfaces are the point here: rooms fill it.
export interface GatewayEvents {
  /** `by` is the principal, where one is known; `source` says from where: `api`, `gateway` or `file`. */
  'config.changed': { keys: string[]; needRestart: string[]; by?: string; source?: string };
}

type Listener<K extends keyof GatewayEvents> = (event: GatewayEvents[K]) => void;

/** In-process announcements. Delivery is synchronous and in order; a failing listener is logged and never reaches the emitter. */
@Injectable()
export class EventBus {
  private readonly logger = new Logger(EventBus.name);
  private readonly emitter = new EventEmitter().setMaxListeners(100);

  emit<K extends keyof GatewayEvents>(name: K, event: GatewayEvents[K]): void {
    this.emitter.emit(name, event);
  }

  /** Returns the function that ends the subscription. */
  on<K extends keyof GatewayEvents>(name: K, listener: Listener<K>): () => void {
    const guarded = (event: GatewayEvents[K]) => {
      try {
        listener(event);
      } catch (error) {
        this.logger.error({ err: error, event: name }, 'an event listener failed');
      }
    };
    this.emitter.on(name, guarded);
    return () => this.emitter.off(name, guarded);
  }
}
