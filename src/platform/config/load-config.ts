import { join } from 'node:path';
import { ConfigFile } from './config-file';
import { findConfigDir } from './config-place';
import { ConfigError } from './config-problem';
import { buildTree } from './config-tree';
import { EnvironmentReader } from './environment';
import type { TreeReader } from './file-config.service';
import { FileConfigService } from './file-config.service';
import { SecretBox } from './secret-box';
import type { SectionClass } from './section';
import type { TomlDocument } from './toml-document';
import { parseToml, TomlSyntaxError } from './toml-document';

export interface LoadOptions {
  sections: readonly SectionClass[];
  /** `--config-dir`. */
  configDir?: string | undefined;
  /** Left out: the environment of this process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Values from the command line by dotted key, `{ 'gateway.port': 8080 }`; undefined ones are ignored. */
  flags?: Readonly<Record<string, unknown>>;
}

/** Reads the configuration before anything else starts. Throws a ConfigError that names every mistake at once. */
export async function loadConfig(options: LoadOptions): Promise<FileConfigService> {
  const config = await readConfig(options);
  if (config.tree.problems.length > 0) throw new ConfigError(config.file, config.tree.problems);
  return config;
}

/** Like `loadConfig`, but wrong values are left in `tree.problems`; only a file that is not TOML or cannot be read throws. */
export async function readConfig({ sections, configDir, env = process.env, flags = {} }: LoadOptions) {
  const file = new ConfigFile(join(findConfigDir(configDir, env), 'config.toml'));
  const readTree: TreeReader = (text) =>
    buildTree(sections, {
      document: parse(text, file.path),
      environment: new EnvironmentReader(env),
      flags,
      secretBox: new SecretBox(file.dir),
    });
  return new FileConfigService(file, readTree, readTree(await file.read()));
}

function parse(text: string, path: string): TomlDocument {
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    const origin = { from: 'file' as const, ...(error.position && { position: error.position }) };
    throw new ConfigError(path, [{ key: '', origin, reason: `is not valid TOML: ${error.message}` }]);
  }
}
