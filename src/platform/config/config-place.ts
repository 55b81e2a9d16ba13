import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from './config-problem';
import type { TomlTable } from './toml-document';
import { parseToml, TomlSyntaxError } from './toml-document';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The folder of config.toml: `--config-dir`, then ZEROCLAW_CONFIG_DIR, then what ZEROCLAW_WORKSPACE points at (as in ZeroClaw's images),
 * then the active workspace chosen with ZeroClaw's CLI, then `~/.zeroclaw`.
 */
export function findConfigDir(flag: string | undefined, env: Env): string {
  const named = flag || env['ZEROCLAW_CONFIG_DIR'];
  if (named) return resolve(expandHome(named, env));
  const workspace = env['ZEROCLAW_WORKSPACE'];
  if (workspace) return fromWorkspace(resolve(expandHome(workspace, env)));
  const home = join(homeOf(env), '.zeroclaw');
  return activeWorkspace(join(home, 'active_workspace.toml'), env) ?? home;
}

function fromWorkspace(workspace: string): string {
  if (existsSync(join(workspace, 'config.toml'))) return workspace;
  const beside = join(dirname(workspace), '.zeroclaw');
  return existsSync(join(beside, 'config.toml')) || basename(workspace) === 'workspace' ? beside : workspace;
}

function activeWorkspace(file: string, env: Env): string | undefined {
  if (!existsSync(file)) return undefined;
  const dir = readTree(file)['config_dir'];
  return typeof dir === 'string' && dir ? resolve(expandHome(dir, env)) : undefined;
}

function readTree(file: string): TomlTable {
  try {
    return parseToml(readFileSync(file, 'utf8')).tree;
  } catch (error) {
    const position = error instanceof TomlSyntaxError ? error.position : undefined;
    const origin = { from: 'file' as const, ...(position && { position }) };
    throw new ConfigError(file, [{ key: '', origin, reason: `cannot be used: ${(error as Error).message}` }]);
  }
}

function expandHome(path: string, env: Env): string {
  return path === '~' || path.startsWith('~/') ? join(homeOf(env), path.slice(1)) : path;
}

function homeOf(env: Env): string {
  return env['HOME'] || homedir();
}
