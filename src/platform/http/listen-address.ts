import { AppError } from '../errors/app-error';

const LOOPBACK_NAMES = new Set(['localhost', '::1', '[::1]', '0:0:0:0:0:0:0:1']);

/** True for hosts that only this machine can reach. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAMES.has(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What the socket layer wants: `[::1]` without its brackets. */
export function bindHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** `http://127.0.0.1:42617`, with brackets around IPv6. */
export function originOf(host: string, port: number): string {
  const bare = bindHost(host);
  return `http://${bare.includes(':') ? `[${bare}]` : bare}:${port}`;
}

/** Refuses to expose the gateway by accident. @param allowPublicBind the operator wants it, by allow_public_bind or by a tunnel */
export function assertSafeBind(host: string, allowPublicBind: boolean): void {
  if (isLoopbackHost(host) || allowPublicBind) return;
  throw new AppError(
    500,
    'gateway.public_bind',
    `🛑 Refusing to listen on ${host}: the gateway would be reachable from the network, possibly the internet.\n` +
      '   Stay local with --host 127.0.0.1 (a tunnel or a reverse proxy on this machine can publish it),\n' +
      '   or, behind TLS and a firewall, set [gateway] allow_public_bind = true (not recommended otherwise).',
  );
}
