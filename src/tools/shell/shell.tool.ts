import { Injectable } from '@nestjs/common';
import { RegisterTool } from '../register-tool';
import type { Assessment, Tool, ToolContext, ToolResult } from '../tool';
import { CommandPolicy } from './command-policy';
import { WorkspaceShell } from './workspace-shell';

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
    private readonly shell: WorkspaceShell,
  ) {}

  async assess(args: Record<string, unknown>): Promise<Assessment> {
    return this.policy.judge(String(args['command'] ?? ''));
  }

  execute(args: Record<string, unknown>, { signal }: ToolContext): Promise<ToolResult> {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, signal };
    return this.shell.run(String(args['command'] ?? ''), limits);
  }
}
