import type { SocketEnd } from './closing';

declare module '../events/event-bus' {
  interface GatewayEvents {
    'socket.closed': { reason: SocketEnd };
  }
}
