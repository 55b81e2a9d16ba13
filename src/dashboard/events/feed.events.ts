import type { GapReason } from './feed-position';

declare module '../../platform/events/event-bus' {
  interface GatewayEvents {
    /** Somebody began or ceased to listen to the live feed. */
    'feed.subscribers': { count: number };
    /** A client of the live feed was told that events are missing. */
    'feed.gap': { reason: GapReason };
  }
}
