import type { TailscaleTunnelConfig } from '../tunnel.config';
import type { LocalTarget, OutputReader, TunnelProgram } from '../tunnel-program';

/**
 * `tailscale serve` and `tailscale funnel`, from version 1.52 on (https://tailscale.com/kb/1242/tailscale-serve). In the foreground: what it
 * serves ends with it. The address is the machine's name on port 443, whatever the port of the gateway.
 */
export function tailscaleTunnel(
  { funnel, hostname }: Readonly<TailscaleTunnelConfig>,
  { host, port }: LocalTarget,
  env: Readonly<Record<string, string>>,
): TunnelProgram {
  const verb = funnel ? 'funnel' : 'serve';
  return {
    command: 'tailscale',
    args: [verb, `http://${host}:${port}`],
    env,
    secrets: [],
    url: hostname ? `https://${hostname}` : undefined,
    reader: tailscaleReader,
    startLimit: 15_000,
    onSilence: 'restart',
    inquiry: { args: [verb, 'status', '--json'], read: (stdout) => servedAddress(stdout, port) },
  };
}

/** The address is a line of its own after "Available …:"; the one after "To enable, visit:" is for the operator. */
export function tailscaleReader(): OutputReader {
  let isAnnounced = false;
  let trouble: string | undefined;
  return (line) => {
    const text = line.trim();
    if (/^Available (on the internet|within your tailnet)/.test(text)) isAnnounced = true;
    else if (/^(Funnel|Serve) is not (enabled|available)/.test(text)) trouble = text;
    else if (text.startsWith('https://login.tailscale.com/'))
      return { problem: `${trouble ?? 'tailscale needs your permission:'} Visit ${text}` };
    else if (/^error:/i.test(text)) return { problem: text };
    else if (isAnnounced && /^https:\/\/\S+$/.test(text)) return { state: 'up', url: text.replace(/\/$/, '') };
    return undefined;
  };
}

/** The address in front of `port` in the answer of `tailscale serve status --json` (ipn.ServeConfig); what runs in the foreground stands apart. */
export function servedAddress(stdout: string, port: number): string | undefined {
  let config: ServeConfig | null;
  try {
    config = JSON.parse(stdout) as ServeConfig | null;
  } catch {
    return undefined;
  }
  const sites = [config, ...Object.values(config?.Foreground ?? {})].flatMap((one) => Object.entries(one?.Web ?? {}));
  const found = sites.find(([, site]) =>
    Object.values(site?.Handlers ?? {}).some(({ Proxy: to }) => to?.endsWith(`:${port}`)),
  );
  return found && `https://${found[0].replace(/:443$/, '')}`;
}

interface ServeConfig {
  Web?: Record<string, { Handlers?: Record<string, { Proxy?: string }> } | null>;
  Foreground?: Record<string, ServeConfig | null>;
}
