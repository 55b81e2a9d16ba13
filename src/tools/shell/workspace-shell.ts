import { mkdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { processEnvironment } from '../../platform/environment';
import { AutonomyConfig } from '../safety/autonomy.config';
import { PathGuard } from '../safety/path-guard';
import type { ToolResult } from '../tool';
import { CommandPolicy } from './command-policy';
import { runCommand } from './run-command';
import { shellEnvironment } from './shell-environment';

export interface CommandLimits {
  timeoutMs: number;
  /** Bytes of each stream that are kept. */
  maxBytes: number;
  signal: AbortSignal;
}

/** Runs command lines in the workspace with a cleared environment, judged once more right before; the gate comes before it. */
@Injectable()
export class WorkspaceShell {
  constructor(
    private readonly policy: CommandPolicy,
    private readonly guard: PathGuard,
    private readonly config: ConfigService,
  ) {}

  /** The output, the error output, the exit code. Rejects with the signal's reason when that fires. */
  async run(command: string, { timeoutMs, maxBytes, signal }: CommandLimits): Promise<ToolResult> {
    // A person may have taken their time since the gate, and the disk is another one by now.
    const judged = await this.policy.judge(command);
    if ('refused' in judged) return { success: false, output: judged.explanation };
    const { workspace, allowedRoots } = await this.guard.rules();
    await mkdir(workspace, { recursive: true });
    const { shell_env_passthrough: passthrough } = this.config.get(AutonomyConfig);
    const env = shellEnvironment(processEnvironment, passthrough, [workspace, ...allowedRoots]);
    const outcome = await runCommand({ line: judged.line, cwd: workspace, env, timeoutMs, maxBytes, signal });
    const output = [outcome.stdout.trimEnd(), outcome.stderr.trimEnd()].filter((text) => text !== '');
    if (outcome.timedOut) output.push(`[ended after ${timeoutMs / 1000} s]`);
    else output.push(`[exit code ${outcome.exitCode ?? 'unknown'}]`);
    return { success: outcome.exitCode === 0 && !outcome.timedOut, output: output.join('\n') };
  }
}
