import { mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { CallRefused } from '../call-refused';
import { AutonomyConfig } from './autonomy.config';

/** The one folder the agent works in: `[autonomy] workspace` (ZEROCLAW_WORKSPACE), else `workspace` beside config.toml. */
@Injectable()
export class Workspace {
  private made: Promise<string> | undefined;

  constructor(private readonly config: ConfigService) {}

  /** Absolute, as configured; it may not exist yet. */
  get path(): string {
    const configDir = dirname(this.config.file);
    const wanted = this.config.get(AutonomyConfig).workspace.trim();
    const path = wanted === '' ? configDir : resolve(configDir, expandHome(wanted));
    // ZeroClaw's images point ZEROCLAW_WORKSPACE at the folder of config.toml too, and mean the one below it.
    return path === configDir ? join(configDir, 'workspace') : path;
  }

  /** The folder itself, without symbolic links on the way; made when it is missing. Throws CallRefused when that fails. */
  real(): Promise<string> {
    this.made ??= this.make().catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    return this.made;
  }

  private async make(): Promise<string> {
    try {
      await mkdir(this.path, { recursive: true, mode: 0o700 });
      return await realpath(this.path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new CallRefused(
        `the workspace ${this.path} cannot be made (${code}); the operator has to set [autonomy] workspace to a folder that the gateway can write`,
      );
    }
  }
}

/** `~` and `~/x` with the home folder of the gateway's user; everything else as it is. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
