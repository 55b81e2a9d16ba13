import type { Environment } from '../platform/environment';
import { bindHost } from '../platform/http/listen-address';
import { inherited } from '../tools/mcp/server-settings';
import { cloudflareTunnel } from './programs/cloudflare';
import { customTunnel } from './programs/custom';
import { ngrokTunnel } from './programs/ngrok';
import { tailscaleTunnel } from './programs/tailscale';
import type { TunnelConfig } from './tunnel.config';
import type { LocalTarget, TunnelProblem, TunnelProgram } from './tunnel-program';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** How the configured tunnel is run; undefined when there is none. Of our environment it gets the usual variables and the proxies. */
export function tunnelProgram(
  config: Readonly<TunnelConfig>,
  target: LocalTarget,
  own: Environment,
): TunnelProgram | TunnelProblem | undefined {
  const proxies = PROXIES.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  const env = { ...inherited(own), ...Object.fromEntries(proxies) };
  switch (config.provider) {
    case 'cloudflare':
      return cloudflareTunnel(config.cloudflare, target, env);
    case 'ngrok':
      return ngrokTunnel(config.ngrok, target, env);
    case 'tailscale':
      return tailscaleTunnel(config.tailscale, target, env);
    case 'custom':
      return customTunnel(config.custom, target, env, own);
    default:
      return undefined;
  }
}

/** The address of the listener for programs on this machine: one that listens everywhere is reached by loopback. */
export function localTarget(host: string, port: number): LocalTarget {
  const bare = bindHost(host);
  if (bare === '0.0.0.0' || bare === '') return { host: '127.0.0.1', port };
  if (bare === '::') return { host: '[::1]', port };
  return { host: bare.includes(':') ? `[${bare}]` : bare, port };
}
