import { processEnvironment } from '../environment';
import type { Environment } from '../environment';
import type { SectionClass } from './section';

/**
 * The one checked configuration tree: defaults < config.toml < `ZEROCLAW_*` environment < flags.
 * `get` is a map look-up and always returns the current, frozen section, so callers ask each time instead of keeping a copy.
 */
export abstract class ConfigService {
  /** Absolute path of config.toml, whether or not it exists yet. */
  abstract readonly file: string;
  /** Where the embedded database and other state live (`[storage] data_dir`, default `<config dir>/data`). */
  abstract readonly dataDir: string;

  /** The environment the configuration was read with, for variables that others have named, such as OPENAI_API_KEY. */
  get environment(): Environment {
    return processEnvironment;
  }

  abstract get<T extends object>(section: SectionClass<T>): Readonly<T>;

  /** Whether the section's table stands in config.toml, be it empty. A configuration without a file has every table. */
  hasTable(_section: SectionClass): boolean {
    return true;
  }

  /** Every secret in use, so that logs and answers can be scrubbed of them. */
  abstract secretValues(): ReadonlySet<string>;

  /**
   * Changes single keys of config.toml under a lock shared with other processes: read, edit, write atomically (fsync, rename, mode kept).
   * Comments, order and unknown keys survive; values that came from the environment are never written.
   * Rejects with an AppError and leaves the file as it is: `config.not_writable` when it or its folder cannot be written, `config.locked`,
   * `config.invalid` when the new value is not allowed, `config.broken` when the file is not TOML. What `edit` throws is passed on.
   * @param path a dotted key in TOML's notation, `model_providers."custom:https://host".api_key`.
   * @param edit receives the file's current value of `path` and returns the new one; undefined removes the key.
   */
  abstract update<V>(path: string, edit: (current: V | undefined) => V): Promise<void>;
}
