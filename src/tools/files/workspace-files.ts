import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { CallRefused } from '../call-refused';
import { PathGuard } from '../safety/path-guard';

/** Bytes of a file that is read, written or searched at the most. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Text files as tools may touch them: inside of what the path policy allows, plain files with one name only, and judged once more
 * after they are open. Writing is all or nothing; two changes of one file never overlap. Throws CallRefused with a sentence for the model.
 */
@Injectable()
export class WorkspaceFiles {
  private readonly busy = new Map<string, Promise<unknown>>();

  constructor(private readonly guard: PathGuard) {}

  async read(path: string): Promise<string> {
    return this.readReal(await this.guard.resolve(path, 'read'), path);
  }

  /** Makes missing folders. Resolves with whether the file is new. */
  async write(path: string, content: string): Promise<boolean> {
    const real = await this.guard.resolve(path, 'write');
    return this.inTurn(real, () => this.replace(real, path, content));
  }

  /** Rewrites an existing file with what `change` makes of its text; undefined leaves it as it is. */
  async edit(path: string, change: (text: string) => string | undefined): Promise<void> {
    const real = await this.guard.resolve(path, 'write');
    await this.guard.resolve(path, 'read');
    await this.inTurn(real, async () => {
      const changed = change(await this.readReal(real, path));
      if (changed !== undefined) await this.replace(real, path, changed);
    });
  }

  private async readReal(real: string, path: string): Promise<string> {
    const handle = await open(real, READ).catch((error: unknown) => refuse(path, error));
    try {
      const found = await handle.stat();
      assertPlain(found, path);
      if (found.size > MAX_FILE_BYTES) {
        throw new CallRefused(`${JSON.stringify(path)} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`);
      }
      await this.guard.confirm(real, found);
      const bytes = await readAtMost(handle, MAX_FILE_BYTES);
      if (bytes.subarray(0, 8192).includes(0)) throw new CallRefused(`${JSON.stringify(path)} is no text file`);
      return bytes.toString('utf8');
    } finally {
      await handle.close();
    }
  }

  private async replace(real: string, path: string, content: string): Promise<boolean> {
    const before = await lstat(real).catch(() => undefined);
    if (before) assertPlain(before, path);
    const folder = dirname(real);
    await mkdir(folder, { recursive: true }).catch((error: unknown) => refuse(path, error));
    const draft = join(folder, `.zeroclaw-${randomBytes(6).toString('hex')}.tmp`);
    const handle = await open(draft, CREATE, 0o644).catch((error: unknown) => refuse(path, error));
    try {
      try {
        await this.guard.confirm(draft, await handle.stat());
        await handle.writeFile(content);
        if (before) await handle.chmod(before.mode & 0o777);
      } finally {
        await handle.close();
      }
      // Takes the place of whatever stands there by now: links are replaced, never written through.
      await rename(draft, real);
    } catch (error) {
      await unlink(draft).catch(() => undefined);
      return refuse(path, error);
    }
    return before === undefined;
  }

  private async inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const work = (this.busy.get(key) ?? Promise.resolve()).then(task, task);
    const settled = work.catch(() => undefined);
    this.busy.set(key, settled);
    try {
      return await work;
    } finally {
      if (this.busy.get(key) === settled) this.busy.delete(key);
    }
  }
}

function assertPlain(found: Stats, path: string): void {
  if (found.isDirectory()) throw new CallRefused(`${JSON.stringify(path)} is a folder`);
  if (!found.isFile()) throw new CallRefused(`${JSON.stringify(path)} is no plain file`);
  // A second name may stand anywhere, also outside of the workspace.
  if (found.nlink > 1)
    throw new CallRefused(`${JSON.stringify(path)} is one of several hard links to a file; copy it first`);
}

/** A file may grow while it is read. */
async function readAtMost(handle: FileHandle, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of handle.createReadStream({ autoClose: false, start: 0, end: limit - 1 })) {
    pieces.push(piece as Buffer);
    size += (piece as Buffer).length;
  }
  return Buffer.concat(pieces, size);
}

function refuse(path: string, error: unknown): never {
  if (error instanceof CallRefused) throw error;
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist',
    ELOOP: 'is a symbolic link',
    EISDIR: 'is a folder',
    ENOTDIR: 'uses a file as if it were a folder',
    EEXIST: 'cannot be written: a file stands where a folder should be',
    EACCES: 'is closed to the gateway',
    EPERM: 'is closed to the gateway',
    EROFS: 'stands on a disk that cannot be written',
    ENOSPC: 'cannot be written: the disk is full',
    EDQUOT: 'cannot be written: the disk quota is used up',
    ENXIO: 'is no plain file',
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) throw error;
  throw new CallRefused(`${JSON.stringify(path)} ${reason}`);
}
