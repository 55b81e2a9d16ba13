import { dirname, join } from 'node:path';
import { ConfigFile } from './config-file';
import { findConfigDir } from './config-place';
import { ConfigError } from './config-problem';
import { ConfigReader } from './config-reader';
import { FileConfigService } from './file-config.service';
import type { SectionClass } from './section';

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
export async function readConfig(options: LoadOptions): Promise<FileConfigService> {
  const { sections, env = process.env, flags = {} } = options;
  const file = join(findConfigDir(options.configDir, env), 'config.toml');
  const source = new ConfigFile(file);
  const reader = new ConfigReader({ sections, env, flags, file, configDir: dirname(file) });
  const text = await source.read();
  return new FileConfigService(source, reader, reader.read(text), text);
}
