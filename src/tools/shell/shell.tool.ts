import { mkdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { processEnvironment } from '../../platform/environment';
import { RegisterTool } from '../register-tool';
import { AutonomyConfig } from '../safety/autonomy.config';
import { PathGuard } from '../safety/path-guard';
import type { Assessment, Tool, ToolContext, ToolResult } from '../tool';
import { CommandPolicy } from './command-policy';
import { runCommand } from './run-command';
import { shellEnvironment } from './shell-environment';

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 1024 * 1024;
const MAX_COMMAND = 4000;

/** Runs commands in the workspace, as far as the command policy allows. Everything it started is gone when it answers. */
@RegisterTool()
@Injectable()
export class ShellTool implements Tool {
  readonly name = 'shell';
  readonly description =
    'Runs a command line in the workspace and returns its output, then its error output, then the exit code. Only allowed programs; ' +
    'words, quotes, file patterns, | || && ; and line ends, but no variables, $(…), redirection or background. ' +
    '60 seconds, 1 MiB of each output, no input, no state between calls. Some commands wait for a person.';
  readonly risk = 'medium';
  readonly acts = true;
  readonly parameters = {
    type: 'object',
    properties: {
      command: {
        type: 'string',
        minLength: 1,
        maxLength: MAX_COMMAND,
        description: 'For example: git log --oneline | head -5',
      },
    },
    required: ['command'],
    additionalProperties: false,
  };

  constructor(
    private readonly policy: CommandPolicy,
    private readonly guard: PathGuard,
    private readonly config: ConfigService,
  ) {}

  async assess(args: Record<string, unknown>): Promise<Assessment> {
    return this.policy.judge(String(args['command'] ?? ''));
  }

  async execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    // Once more: a person may have taken their time, and the disk is another one by now.
    const judged = await this.policy.judge(String(args['command'] ?? ''));
    if ('refused' in judged) return { success: false, output: judged.explanation };
    const { workspace, allowedRoots } = await this.guard.rules();
    await mkdir(workspace, { recursive: true });
    const { shell_env_passthrough: passthrough } = this.config.get(AutonomyConfig);
    const env = shellEnvironment(processEnvironment, passthrough, [workspace, ...allowedRoots]);
    const outcome = await runCommand({
      line: judged.line,
      cwd: workspace,
      env,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      signal,
    });
    const output = [outcome.stdout.trimEnd(), outcome.stderr.trimEnd()].filter((text) => text !== '');
    if (outcome.timedOut) output.push(`[ended after ${TIMEOUT_MS / 1000} s]`);
    else output.push(`[exit code ${outcome.exitCode ?? 'unknown'}]`);
    return { success: outcome.exitCode === 0 && !outcome.timedOut, output: output.join('\n') };
  }
}
