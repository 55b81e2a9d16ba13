import type { TunnelFront } from '../platform/http/prelude';
import type { TunnelProvider } from './tunnel.config';

/** What a tunnel of that kind means for requests. Whether a custom one names its clients is not known, so it is not believed. */
export function tunnelFront(provider: TunnelProvider): TunnelFront {
  return { isOpen: provider !== 'none', namesClients: provider !== 'none' && provider !== 'custom' };
}
