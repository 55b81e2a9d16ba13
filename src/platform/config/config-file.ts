import { access, constants, mkdir, open, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../errors/app-error';
import { ConfigError } from './config-problem';

/** Another process that holds the lock and gives no sign of life for this long has died. */
const STALE_MS = 10_000;
/** About 15 seconds in all, so that a dead process's lock is outlived. */
const RETRIES = { retries: 100, factor: 1.2, minTimeout: 10, maxTimeout: 200, randomize: true };
/** Renaming onto a file that is itself a mount point fails with these. */
const MOUNTED = new Set(['EBUSY', 'EXDEV']);

/** config.toml on disk: reads it and, under a lock that other processes respect, rewrites it. */
export class ConfigFile {
  constructor(
    readonly path: string,
    private readonly replace: (file: string, text: string, mode?: number) => Promise<void> = replaceAtomically,
  ) {}

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

  /** What changes whenever the file does, also when a symlink above it is swapped. */
  async fingerprint(): Promise<string> {
    const found = await stat(this.path, { bigint: true }).catch(() => undefined);
    return found ? [found.dev, found.ino, found.size, found.mtimeNs].join(':') : 'absent';
  }

  async isWorldReadable(): Promise<boolean> {
    const found = await stat(this.path).catch(() => undefined);
    return found !== undefined && (found.mode & 0o004) !== 0;
  }

  /** Why the file cannot be written, as a sentence; undefined when it can. */
  async obstacle(): Promise<string | undefined> {
    const target = await realpath(this.path).catch(() => undefined);
    for (const place of target === undefined ? [this.dir] : [target, dirname(target)]) {
      const reason = await access(place, constants.W_OK).catch((error: unknown) => error);
      const isMissing = (reason as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
      if (reason !== undefined && !isMissing) return this.notWritable(reason).message;
    }
    return undefined;
  }

  /**
   * Replaces the text by what `change` makes of it, one process at a time, and returns it. Links, mode and owner are kept; a new file
   * is private. Rejects with `config.not_writable` or `config.locked`, and with whatever `change` throws.
   */
  async rewrite(change: (text: string) => Promise<string>): Promise<string> {
    const target = await this.prepare();
    const { release, lost } = await this.lock(target);
    try {
      const before = await this.read();
      const after = await change(before);
      if (after === before) return before;
      if (lost.aborted) throw this.locked(lost.reason);
      await this.write(target, after);
      return after;
    } finally {
      await release().catch(() => undefined);
    }
  }

  private async prepare(): Promise<string> {
    try {
      await mkdir(this.dir, { recursive: true, mode: 0o700 });
      return await realpath(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw this.notWritable(error);
      const link = await readlink(this.path).catch(() => undefined);
      return link === undefined ? this.path : resolve(this.dir, link);
    }
  }

  private async lock(target: string): Promise<{ release: () => Promise<void>; lost: AbortSignal }> {
    const lost = new AbortController();
    const onCompromised = (error: Error) => lost.abort(error);
    try {
      // The lock would be tried for as long as that of another process.
      await access(dirname(target), constants.W_OK);
      // Both libraries are loaded with the first write: many gateways never write.
      const { lock } = await import('proper-lockfile');
      const release = await lock(target, { realpath: false, stale: STALE_MS, retries: RETRIES, onCompromised });
      return { release, lost: lost.signal };
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ELOCKED' ? this.locked(error) : this.notWritable(error);
    }
  }

  private async write(target: string, text: string): Promise<void> {
    const exists = await stat(target).then(
      () => true,
      () => false,
    );
    try {
      // Renaming would get around a file that its owner has made read-only.
      if (exists) await access(target, constants.W_OK);
      await this.replace(target, text, exists ? undefined : 0o600);
    } catch (error) {
      if (!MOUNTED.has((error as NodeJS.ErrnoException).code ?? '')) throw this.notWritable(error);
      await writeInPlace(target, text).catch((second: unknown) => {
        throw this.notWritable(second);
      });
    }
  }

  private notWritable(cause: unknown): AppError {
    const { code } = cause as NodeJS.ErrnoException;
    const sentence = `${this.path} cannot be written (${code ?? String(cause)}): make the file and its folder writable for the gateway's user`;
    return new AppError(409, 'config.not_writable', sentence, { cause });
  }

  private locked(cause: unknown): AppError {
    const sentence = `${this.path} is being changed by another process: try again`;
    return new AppError(409, 'config.locked', sentence, { cause, retryAfter: 1 });
  }
}

async function replaceAtomically(file: string, text: string, mode?: number): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic');
  await writeFileAtomic(file, text, mode === undefined ? {} : { mode });
  // The rename itself survives a power cut only when the folder is synced as well; some file systems cannot.
  const folder = await open(dirname(file), 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** For a file that is a mount of its own: readers may for a moment see half of it, and keep what they had. */
async function writeInPlace(file: string, text: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.truncate(0);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
