import type { Environment } from '../../platform/environment';
import type { ToolRisk } from '../tool';
import type { McpServerConfig } from './mcp.config';

export interface ChildProgram {
  command: string;
  args: readonly string[];
  /** All that it gets; nothing is inherited. */
  env: Record<string, string>;
}

export interface HttpEndpoint {
  url: URL;
  headers: Record<string, string>;
}

/** One server as the configuration describes it, with every reference replaced. */
export interface ServerSettings {
  name: string;
  endpoint: ChildProgram | HttpEndpoint;
  allowed: readonly string[];
  denied: readonly string[];
  timeoutMs: number;
  risk: ToolRisk;
  /** Values that must not reach the log. */
  secrets: readonly string[];
}

const INHERITED = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'USER', 'LANG'];
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';
const REFERENCE = /\$\{([A-Za-z_]\w*)\}/g;

/** Throws a sentence for the operator when the server cannot be reached with what is configured. */
export function serverSettings(name: string, config: Readonly<McpServerConfig>, own: Environment): ServerSettings {
  const { command, url, allowed_tools: allowed, denied_tools: denied, timeout_secs: seconds, risk } = config;
  const here = `[mcp.servers.${name}]`;
  const endpoint = (): ChildProgram | HttpEndpoint => {
    if (command !== undefined && url !== undefined) throw new Error(`${here} has both command and url: remove one`);
    if (command !== undefined) {
      const env = { ...inherited(own), ...replaceAll(config.env, own, `${here}.env`) };
      return { command, args: config.args, env };
    }
    const address = replace(url ?? '', own, `${here}.url`);
    if (!URL.canParse(address) || !/^https?:/.test(address)) throw new Error(`${here}.url is not an http(s) URL`);
    return { url: new URL(address), headers: replaceAll(config.headers, own, `${here}.headers`) };
  };
  const reached = endpoint();
  const secrets =
    'url' in reached ? Object.values(reached.headers) : Object.keys(config.env).map((key) => reached.env[key]);
  return {
    name,
    endpoint: reached,
    allowed,
    denied,
    timeoutMs: seconds * 1_000,
    risk,
    // A header is often "Bearer <secret>", and it is the second word that turns up in logs.
    secrets: secrets.flatMap((value) => (value === undefined ? [] : [value, ...value.split(' ').slice(1)])),
  };
}

/** What every child program gets of our environment. */
export function inherited(own: Environment): Record<string, string> {
  const names = [...INHERITED, ...Object.keys(own).filter((name) => name.startsWith('LC_'))];
  const kept = names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  return { PATH: DEFAULT_PATH, ...Object.fromEntries(kept) };
}

/** Puts the values of our environment in the place of `${NAME}`. Throws a sentence when one is not set. */
export function replaceAll(
  values: Readonly<Record<string, unknown>>,
  own: Environment,
  place: string,
): Record<string, string> {
  const entries = Object.entries(values).map(([key, value]) => [key, replace(String(value), own, `${place}.${key}`)]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function replace(text: string, own: Environment, place: string): string {
  return text.replaceAll(REFERENCE, (_, name: string) => {
    const value = own[name];
    if (value === undefined) throw new Error(`${place} names the environment variable ${name}, which is not set`);
    return value;
  });
}
