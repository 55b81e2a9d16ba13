import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { CallRefused } from '../call-refused';
import { AutonomyConfig } from './autonomy.config';
import type { PathIntent, PathRules } from './path-policy';
import { judgePath, judgePlace } from './path-policy';
import { expandHome, Workspace } from './workspace';

/** The path policy on the real disk: follows symbolic links before it judges, also for what does not exist yet. */
@Injectable()
export class PathGuard {
  private readonly known = new WeakMap<object, Promise<PathRules>>();

  constructor(
    private readonly config: ConfigService,
    private readonly workspace: Workspace,
  ) {}

  /**
   * The absolute path without symbolic links that `text` means. Throws CallRefused.
   * A link in the last place is followed for reading and refused for writing.
   */
  async resolve(text: string, intent: PathIntent): Promise<string> {
    const rules = await this.rules();
    const { path, refused } = judgePath(text, intent, rules);
    if (refused !== undefined) throw new CallRefused(refused);
    if (intent === 'write' && (await isLink(path))) {
      throw new CallRefused(`the path ${JSON.stringify(text)} is a symbolic link; write to the file it points to`);
    }
    const real = await resolveLinks(path, text);
    if (real !== path) this.assertPlace(real, intent, rules, text);
    return real;
  }

  /** Throws CallRefused unless `path` still is what it was judged to be; to be asked once a file is open. */
  async confirm(path: string, opened: { dev: number; ino: number }): Promise<void> {
    const now = await lstat(path);
    const unmoved = (await realpath(path)) === path;
    if (!unmoved || now.dev !== opened.dev || now.ino !== opened.ino) {
      throw new CallRefused(`the path ${JSON.stringify(path)} was replaced while it was opened; try again`);
    }
  }

  /** The rules as they stand, with real paths. */
  rules(): Promise<PathRules> {
    const config = this.config.get(AutonomyConfig);
    let rules = this.known.get(config);
    if (!rules) {
      rules = this.build(config);
      this.known.set(config, rules);
      rules.catch(() => this.known.delete(config));
    }
    return rules;
  }

  private assertPlace(real: string, intent: PathIntent, rules: PathRules, text: string): void {
    const refused = judgePlace(real, intent, rules);
    if (refused !== undefined) {
      throw new CallRefused(`the path ${JSON.stringify(text)} leads over a symbolic link to a place that ${refused}`);
    }
  }

  private async build(config: Readonly<AutonomyConfig>): Promise<PathRules> {
    const { file, dataDir } = this.config;
    const own = [file, join(dirname(file), '.secret_key'), dataDir];
    return {
      workspace: await this.workspace.real(),
      allowedRoots: await bothSpellings(config.allowed_roots.map(absolute)),
      forbidden: await bothSpellings([...config.forbidden_paths.map(absolute), ...own]),
      workspaceOnly: config.workspace_only,
      allowSensitive: { read: config.allow_sensitive_file_reads, write: config.allow_sensitive_file_writes },
    };
  }
}

function absolute(path: string): string {
  return resolve(expandHome(path));
}

/** Each path as it is written and, where that differs, without symbolic links. */
async function bothSpellings(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  return [...new Set([...paths, ...real])];
}

/** What does not exist yet stands below the nearest folder that does. */
async function resolveLinks(path: string, text: string): Promise<string> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(await realpath(at), ...missing);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' || at === dirname(at)) throw unusable(text, code);
      if (await isLink(at))
        throw new CallRefused(`the path ${JSON.stringify(text)} leads over a symbolic link to nowhere`);
      missing.unshift(basename(at));
    }
  }
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

function unusable(text: string, code = 'unknown'): CallRefused {
  const reasons: Record<string, string> = {
    ELOOP: 'goes round in circles over symbolic links',
    ENOTDIR: 'uses a file as if it were a folder',
    ENAMETOOLONG: 'holds a name that is too long',
    EACCES: 'leads through a folder that the gateway may not enter',
  };
  return new CallRefused(`the path ${JSON.stringify(text)} ${reasons[code] ?? `cannot be used (${code})`}`);
}
