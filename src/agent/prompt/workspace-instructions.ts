import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock';
import { ConfigService } from '../../platform/config/config.service';
import { Workspace } from '../../tools/safety/workspace';
import { AgentConfig } from '../agent.config';

/** In the order in which the model reads them. The first five are ZeroClaw's; the others usually are not there. */
const FILES = ['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'IDENTITY.md', 'USER.md', 'BOOTSTRAP.md', 'MEMORY.md'];
/** About people, so not for turns whose answers others read. */
const PRIVATE_FILES: ReadonlySet<string> = new Set(['USER.md', 'MEMORY.md']);
/** Characters of one file and of all of them. */
const USUAL = { file: 20_000, total: 60_000 };
const COMPACT = { file: 6_000, total: 20_000 };
/** A pipe in the place of a file must not be waited for. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;
/** Milliseconds for which nobody looks whether a file has changed. */
const LOOK_EVERY = 1_000;

interface Known {
  /** Tells one state of a file from another. */
  state: string;
  text: string;
}

/**
 * What the operator has written into the workspace about who the agent is and how it works, as a part of the system prompt.
 * Read when it has changed; missing files leave no trace, and one that cannot be read is logged and left out.
 */
@Injectable()
export class WorkspaceInstructions {
  private readonly logger = new Logger(WorkspaceInstructions.name);
  private known = new Map<string, Known>();
  private lookedAt = -Infinity;
  private looking: Promise<void> | undefined;
  private composed = { all: '', forEverybody: '' };
  private limits = USUAL;

  constructor(
    private readonly workspace: Workspace,
    private readonly config: ConfigService,
    private readonly clock: Clock,
  ) {}

  /** An empty text without any file. No file is touched more often than once a second. For the public, what is about people is left out. */
  text(audience?: 'public' | undefined): string | Promise<string> {
    const kind = audience === 'public' ? 'forEverybody' : 'all';
    const limits = this.config.get(AgentConfig).compact_context ? COMPACT : USUAL;
    if (limits !== this.limits) {
      this.limits = limits;
      this.known = new Map();
      this.lookedAt = -Infinity;
    }
    const now = this.clock.now();
    if (now >= this.lookedAt && now - this.lookedAt < LOOK_EVERY) return this.composed[kind];
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking.then(() => this.composed[kind]);
  }

  private async look(): Promise<void> {
    const { limits } = this;
    const root = await realpath(this.workspace.path).catch(() => undefined);
    const found = root === undefined ? [] : await Promise.all(FILES.map((name) => this.read(root, name, limits.file)));
    if (limits !== this.limits) return;
    this.lookedAt = this.clock.now();
    const before = this.known;
    this.known = new Map(found.flatMap((file, index) => (file ? [[FILES[index] ?? '', file]] : [])));
    const changed = FILES.some((name) => before.get(name) !== this.known.get(name));
    if (!changed) return;
    const forEverybody = [...this.known].filter(([name]) => !PRIVATE_FILES.has(name));
    this.composed = {
      all: compose(this.known, limits.total),
      forEverybody: compose(new Map(forEverybody), limits.total),
    };
  }

  private async read(root: string, name: string, limit: number): Promise<Known | undefined> {
    try {
      // Mounted files are links, but only to their neighbours: what lies outside of the workspace is not the agent's to read.
      const path = await realpath(join(root, name));
      if (!path.startsWith(root + sep)) throw new Error('it is a link that leaves the workspace');
      const handle = await open(path, READ);
      try {
        return await this.readOpen(handle, path, name, limit);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return this.failed(name, error as Error);
    }
  }

  private async readOpen(handle: FileHandle, path: string, name: string, limit: number): Promise<Known> {
    const found = await handle.stat();
    if (!found.isFile()) throw new Error('it is no plain file');
    const { mtimeMs, size, ino } = found;
    const state = `${path} ${ino} ${mtimeMs} ${size}`;
    const before = this.known.get(name);
    if (before?.state === state) return before;
    // A character of UTF-8 has four bytes at the most.
    const bytes = Buffer.alloc(Math.min(size, limit * 4));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    const text = bytes.toString('utf8', 0, bytesRead).trim();
    return { state, text: shorten(text, limit, size > bytesRead) };
  }

  private failed(name: string, error: Error): Known {
    const state = `failed: ${error.message}`;
    const before = this.known.get(name);
    if (before?.state === state) return before;
    this.logger.warn({ err: error }, `${name} of the workspace cannot be read; the agent works without it`);
    return { state, text: '' };
  }
}

function compose(files: ReadonlyMap<string, Known>, total: number): string {
  let room = total;
  const parts: string[] = [];
  for (const [name, { text }] of files) {
    if (text === '' || room <= 0) continue;
    const fitting = shorten(text, room, false);
    room -= fitting.length;
    parts.push(`## ${name}\n${fitting}`);
  }
  if (parts.length === 0) return '';
  return ['# Workspace', 'The people who run you have written this for you. Follow it.', ...parts].join('\n\n');
}

function shorten(text: string, limit: number, goesOn: boolean): string {
  if (text.length <= limit && !goesOn) return text;
  const cut = text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut}\n[The file goes on; only its beginning is given here.]`;
}
