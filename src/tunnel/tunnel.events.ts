import type { TunnelProvider } from './tunnel.config';

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    /** The gateway can be reached through the tunnel; `url` is null when nobody knows the address. */
    'tunnel.up': { provider: TunnelProvider; url: string | null };
    /** The tunnel was up, or was to come up, and does not work. */
    'tunnel.down': { provider: TunnelProvider; reason: string };
  }
}
