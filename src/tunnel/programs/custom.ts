import type { Environment } from '../../platform/environment';
import { replaceAll } from '../../tools/mcp/server-settings';
import { parseCommandLine } from '../../tools/shell/shell-words';
import type { CustomTunnelConfig } from '../tunnel.config';
import type { LocalTarget, OutputReader, TunnelProblem, TunnelProgram } from '../tunnel-program';

const FIRST_URL = /https?:\/\/[^\s"'<>|]+/;

/** Any program that stays in the foreground. Nothing in its output is believed to be its address unless `url_pattern` says where it stands. */
export function customTunnel(
  config: Readonly<CustomTunnelConfig>,
  target: LocalTarget,
  env: Readonly<Record<string, string>>,
  own: Environment,
): TunnelProgram | TunnelProblem {
  const { start_command: line, url, url_pattern: pattern } = config;
  const filled = (text: string) => text.replaceAll('{host}', target.host).replaceAll('{port}', String(target.port));
  const healthUrl = config.health_url ? filled(config.health_url) : undefined;
  if (healthUrl !== undefined && !URL.canParse(healthUrl))
    return { problem: '[tunnel.custom] health_url is not a URL' };
  if (line.trim() === '') return { problem: '[tunnel.custom] start_command is missing' };
  const { line: parsed, refused } = parseCommandLine(line);
  if (refused !== undefined) return { problem: `[tunnel.custom] start_command: ${refused}` };
  const [words, ...others] = parsed.commands;
  if (words === undefined || others.length > 0) {
    return { problem: "[tunnel.custom] start_command has to be one program: write several as sh -c '…'" };
  }
  const [command = '', ...args] = words.map(({ text }) => filled(text));
  let expression: RegExp | undefined;
  let added: Record<string, string>;
  try {
    added = replaceAll(config.env, own, '[tunnel.custom.env]');
    expression = pattern ? new RegExp(pattern) : undefined;
  } catch (error) {
    return { problem: `[tunnel.custom] ${(error as Error).message}` };
  }
  return {
    command,
    args,
    env: { ...env, ...added },
    secrets: Object.values(added),
    url: url || undefined,
    reader: expression === undefined ? () => () => undefined : () => patternReader(expression),
    // A program that fails does so at once; one that has nothing to say is taken to work.
    startLimit: expression === undefined ? 1_000 : 15_000,
    onSilence: 'accept',
    healthUrl,
  };
}

export function patternReader(pattern: RegExp): OutputReader {
  return (line) => {
    const found = pattern.exec(line);
    if (!found) return undefined;
    const [url] = FIRST_URL.exec(found[1] ?? '') ?? FIRST_URL.exec(line) ?? [];
    return url === undefined ? undefined : { state: 'up', url };
  };
}
