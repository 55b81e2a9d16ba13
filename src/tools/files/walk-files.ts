import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSensitiveName } from '../safety/sensitive-files';

/** Folders that nobody means when they look through everything. */
const SKIPPED = new Set(['.git', 'node_modules']);

export interface WalkLimits {
  /** Entries that are looked at, all told. */
  maxEntries: number;
  /** Milliseconds of performance.now() after which it stops. */
  until: number;
  signal: AbortSignal;
  /** Sensitive files and folders are given too. */
  sensitive: boolean;
}

/** What cut a walk short. */
export interface WalkEnd {
  cut: 'entries' | 'time' | undefined;
}

/**
 * The plain files below a folder, as paths relative to it with `/`. Follows no symbolic links, leaves out .git and node_modules
 * (unless the walk starts there) and folders that cannot be read. Gives way to others at every folder.
 */
export async function* walkFiles(root: string, limits: WalkLimits, end: WalkEnd): AsyncGenerator<string, void> {
  const folders = [''];
  let seen = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    limits.signal.throwIfAborted();
    for await (const entry of entriesOf(join(root, folder))) {
      if (++seen > limits.maxEntries) end.cut = 'entries';
      else if (performance.now() > limits.until) end.cut = 'time';
      if (end.cut !== undefined) return;
      if (!limits.sensitive && isSensitiveName(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) yield path;
      else if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(path);
    }
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent, void> {
  try {
    yield* await opendir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code)) throw error;
  }
}
