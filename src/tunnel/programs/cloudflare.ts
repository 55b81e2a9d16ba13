import type { CloudflareTunnelConfig } from '../tunnel.config';
import type { LocalTarget, OutputReader, TunnelProblem, TunnelProgram } from '../tunnel-program';
import { logfmt } from './logfmt';

/** A line of the box around the address of a quick tunnel; addresses of help pages stand in sentences. */
const QUICK_ADDRESS = /^\|\s+(https:\/\/[a-z0-9-]+\.trycloudflare\.com)\s+\|$/;
const NEW_ROUTES = 'Updated to new configuration ';

/**
 * cloudflared (https://developers.cloudflare.com/tunnel/). It is up while it has a connection to the edge. A tunnel of an account has no
 * address of its own: the routes that lead here are taken from what the account sends.
 */
export function cloudflareTunnel(
  { token, hostname, quick }: Readonly<CloudflareTunnelConfig>,
  { host, port }: LocalTarget,
  env: Readonly<Record<string, string>>,
): TunnelProgram | TunnelProblem {
  if (token.trim() === '' && !quick) {
    return {
      problem:
        '[tunnel.cloudflare] token is missing: copy it from the dashboard of Cloudflare (Networking → Tunnels), or set quick = true for a passing address',
    };
  }
  const origin = `http://${host}:${port}`;
  const isQuick = token.trim() === '';
  const args = isQuick ? ['--url', origin] : ['run', '--url', origin];
  return {
    command: 'cloudflared',
    args: ['tunnel', '--no-autoupdate', ...args],
    env: isQuick ? env : { ...env, TUNNEL_TOKEN: token.trim() },
    secrets: [token],
    url: hostname === '' ? undefined : `https://${hostname}`,
    reader: () => cloudflaredReader(port),
    startLimit: 30_000,
    onSilence: 'restart',
  };
}

/** @param port of the gateway, to tell its routes from others of the same tunnel */
export function cloudflaredReader(port: number): OutputReader {
  const connections = new Set<string>();
  let url: string | undefined;
  const up = () => (connections.size === 0 ? undefined : { state: 'up' as const, ...(url !== undefined && { url }) });
  return (line) => {
    // 2026-01-31T10:00:00Z INF <message> key=value…
    const [, level = '', message = ''] = /^\S+ ([A-Z]{3}) (.*)$/.exec(line) ?? [];
    if (level === 'ERR' || level === 'FTL') return lost(message) ?? { problem: message };
    const address = QUICK_ADDRESS.exec(message)?.[1];
    if (address !== undefined) url = address;
    else if (message.startsWith(NEW_ROUTES)) url = routeTo(port, logfmt(message)['config']) ?? url;
    else if (message.startsWith('Registered tunnel connection')) connections.add(logfmt(message)['connIndex'] ?? '');
    else return lost(message);
    return up();
  };

  function lost(message: string) {
    if (
      !/^(Unregistered tunnel connection|Connection terminated|Lost connection with the edge|Serve tunnel error)/.test(
        message,
      )
    )
      return undefined;
    connections.delete(logfmt(message)['connIndex'] ?? '');
    return connections.size === 0 ? { state: 'down' as const, problem: message } : undefined;
  }
}

function routeTo(port: number, config: string | undefined): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(config ?? '');
  } catch {
    return undefined;
  }
  const { ingress } = (parsed ?? {}) as { ingress?: unknown };
  if (!Array.isArray(ingress)) return undefined;
  for (const rule of ingress as ({ hostname?: unknown; service?: unknown } | null)[]) {
    const { hostname, service } = rule ?? {};
    if (typeof hostname !== 'string' || typeof service !== 'string' || !URL.canParse(service)) continue;
    if (new URL(service).port === String(port)) return `https://${hostname}`;
  }
  return undefined;
}
