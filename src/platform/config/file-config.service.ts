import { isAbsolute, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StorageConfig } from '../database/storage.config';
import type { ConfigFile } from './config-file';
import { ConfigError } from './config-problem';
import { ConfigService } from './config.service';
import type { ConfigTree } from './config-tree';
import type { SectionClass } from './section';
import { sectionKeys, sectionMeta } from './section';
import { formatPath } from './toml-path';

export interface ConfigChange {
  /** Dotted paths of the keys whose value differs from before. */
  keys: string[];
  /** Those of them that the running gateway cannot take up. */
  needRestart: string[];
}

/** Turns the text of config.toml into the checked tree; environment and flags are bound already. */
export type TreeReader = (text: string) => ConfigTree;

/**
 * The configuration of one process. `reload` takes up live keys and keeps the rest as they were at the start,
 * so that what runs always fits together; a broken file leaves everything as it is.
 */
export class FileConfigService extends ConfigService {
  private running: ReadonlyMap<SectionClass, object>;
  private readonly listeners = new Set<(change: ConfigChange) => void>();

  constructor(
    private readonly source: ConfigFile,
    private readonly readTree: TreeReader,
    private latest: ConfigTree,
  ) {
    super();
    this.running = latest.sections;
  }

  get file(): string {
    return this.source.path;
  }

  get configDir(): string {
    return this.source.dir;
  }

  get dataDir(): string {
    const { data_dir: dir } = this.get(StorageConfig);
    if (!dir) return join(this.configDir, 'data');
    return isAbsolute(dir) ? dir : resolve(this.configDir, dir);
  }

  /** The file as it was last read: unknown keys, origins and secrets included. */
  get tree(): ConfigTree {
    return this.latest;
  }

  get<T extends object>(section: SectionClass<T>): Readonly<T> {
    const found = this.running.get(section);
    if (!found) throw new Error(`${section.name} is not listed in src/config-sections.ts`);
    return found as Readonly<T>;
  }

  /** Every secret in use, so that logs and answers can be scrubbed of them. */
  secretValues(): ReadonlySet<string> {
    return this.latest.secretValues;
  }

  /** Returns the function that ends the subscription. */
  onChange(listener: (change: ConfigChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async update<V>(path: string, edit: (current: V | undefined) => V): Promise<void> {
    throw new Error(`not yet: ${path} ${edit.name}`);
  }

  /** Reads the file again. Throws a ConfigError, and keeps everything as it is, when the file is broken. */
  async reload(): Promise<void> {
    this.adopt(await this.source.read());
  }

  private adopt(text: string): void {
    const next = this.readTree(text);
    if (next.problems.length > 0) throw new ConfigError(this.file, next.problems);
    const keys: string[] = [];
    const needRestart: string[] = [];
    const running = new Map<SectionClass, object>();
    for (const [section, fresh] of next.sections) {
      const before = this.latest.sections.get(section) as Record<string, unknown>;
      const current = this.running.get(section) as Record<string, unknown>;
      const merged = Object.assign(Object.create(section.prototype as object), fresh) as Record<string, unknown>;
      for (const [key, { live }] of sectionKeys(section)) {
        const path = formatPath([key], sectionMeta(section).path);
        const changed = !isDeepStrictEqual(merged[key], before[key]);
        if (changed) keys.push(path);
        if (live) continue;
        if (changed && !isDeepStrictEqual(merged[key], current[key])) needRestart.push(path);
        merged[key] = current[key];
      }
      running.set(section, Object.freeze(merged));
    }
    this.latest = next;
    this.running = running;
    if (keys.length > 0) for (const listener of this.listeners) listener({ keys, needRestart });
  }
}
