import { delimiter, isAbsolute } from 'node:path';
import type { Environment } from '../../platform/environment';

const KEPT = ['HOME', 'TERM', 'LANG', 'USER', 'SHELL', 'TMPDIR'];
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Nobody sits there to page or to type, and a repository may name programs in its configuration that git would run. */
const FIXED: Environment = {
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'core.fsmonitor',
  GIT_CONFIG_VALUE_0: 'false',
  GIT_CONFIG_KEY_1: 'safe.bareRepository',
  GIT_CONFIG_VALUE_1: 'explicit',
};

/**
 * What a command gets of the gateway's environment: the few variables that every program expects, and what the operator lets through.
 * Folders of PATH that the agent can write to are left out, so that it cannot replace a program.
 */
export function shellEnvironment(
  own: Environment,
  passthrough: readonly string[],
  writable: readonly string[],
): Record<string, string> {
  const names = [...KEPT, ...Object.keys(own).filter((name) => name.startsWith('LC_')), ...passthrough];
  const kept = names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]] as const]));
  const inside = (folder: string) => writable.some((root) => folder === root || folder.startsWith(`${root}/`));
  const path = (own['PATH'] ?? DEFAULT_PATH).split(delimiter).filter((folder) => isAbsolute(folder) && !inside(folder));
  return {
    ...Object.fromEntries(kept),
    ...(FIXED as Record<string, string>),
    PATH: path.join(delimiter) || DEFAULT_PATH,
  };
}
