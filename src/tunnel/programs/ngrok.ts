import type { NgrokTunnelConfig } from '../tunnel.config';
import type { LocalTarget, OutputReader, TunnelProblem, TunnelProgram } from '../tunnel-program';
import { logfmt } from './logfmt';

/** The ngrok agent, version 3 (https://ngrok.com/docs/agent/cli). It knows the token by its environment; nothing is written to its files. */
export function ngrokTunnel(
  { auth_token: token, domain }: Readonly<NgrokTunnelConfig>,
  { host, port }: LocalTarget,
  env: Readonly<Record<string, string>>,
): TunnelProgram | TunnelProblem {
  if (token.trim() === '') {
    return {
      problem:
        '[tunnel.ngrok] auth_token is missing: copy it from https://dashboard.ngrok.com/get-started/your-authtoken',
    };
  }
  return {
    command: 'ngrok',
    args: [
      'http',
      `http://${host}:${port}`,
      ...(domain ? ['--domain', domain] : []),
      '--log',
      'stdout',
      '--log-format',
      'logfmt',
    ],
    env: { ...env, NGROK_AUTHTOKEN: token.trim() },
    secrets: [token],
    reader: ngrokReader,
    startLimit: 15_000,
    onSilence: 'restart',
  };
}

export function ngrokReader(): OutputReader {
  let url: string | undefined;
  let complaints = '';
  return (line) => {
    // Written for people when it gives up: ERROR:  authentication failed: …
    const [, complaint] = /^ERROR:\s+(\S.*)$/.exec(line) ?? [];
    if (complaint !== undefined) {
      complaints = `${complaints} ${complaint}`.trim();
      return { problem: complaints };
    }
    const { lvl: level, msg: message, err: reason, url: address } = logfmt(line);
    if (message === 'started tunnel' && address !== undefined && /^https?:\/\/./.test(address)) {
      url = address;
      return { state: 'up', url };
    }
    if (message === 'client session established' && url !== undefined) return { state: 'up', url };
    if (message === 'session closing' || message === 'session closed, starting reconnect loop') {
      return { state: 'down', problem: `ngrok lost its session${given(reason)}` };
    }
    return level === 'eror' || level === 'crit'
      ? { problem: `${message ?? 'ngrok failed'}${given(reason)}` }
      : undefined;
  };
}

function given(reason: string | undefined): string {
  return reason === undefined || reason === '' || reason === 'nil' ? '' : `: ${reason}`;
}
