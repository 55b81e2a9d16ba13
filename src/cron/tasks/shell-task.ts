import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { LeakGuard } from '../../platform/leak-guard/leak-guard';
import { WorkspaceShell } from '../../tools/shell/workspace-shell';
import type { HeldCall, Tool } from '../../tools/tool';
import { ToolGate } from '../../tools/tool-gate';
import { ToolRegistry } from '../../tools/tool.registry';
import { CronConfig } from '../cron.config';
import type { RunResult } from '../job';
import type { TaskRun } from './task-run';
import { shorten } from './task-run';

/** Bytes of each stream that are read; fewer characters of them are kept. */
const MAX_BYTES = 65_536;

/** Runs the command of a job behind the gate of the shell tool, judged anew each time, with a cleared environment and a time limit. */
@Injectable()
export class ShellTask {
  constructor(
    private readonly gate: ToolGate,
    private readonly registry: ToolRegistry,
    private readonly shell: WorkspaceShell,
    private readonly guard: LeakGuard,
    private readonly config: ConfigService,
  ) {}

  /** Why the command could never run as things stand; undefined when it could. */
  async problem(command: string, owner: string): Promise<string | undefined> {
    const judged = await this.gate.judge(this.tool, { command }, this.context(owner, new AbortController().signal));
    return 'reason' in judged ? judged.explanation : undefined;
  }

  async run(command: string, allowedBy: string | undefined, { job, signal }: TaskRun): Promise<RunResult> {
    const pending: HeldCall[] = [];
    const admission = await this.gate.admit(
      this.tool,
      { command },
      {
        ...this.context(job.owner, signal),
        allowed: allowedBy !== undefined,
        onPending: (call) => pending.push(call),
      },
    );
    if (!admission.admitted) {
      const approvals = pending.map(({ approvalId, tool, expiresAt }) => ({
        id: approvalId,
        tool,
        expires_at: new Date(expiresAt).toISOString(),
      }));
      return { status: 'error', error: admission.explanation, approvals };
    }
    const timeoutMs = this.config.get(CronConfig).shell_timeout_secs * 1000;
    const { success, output } = await this.shell.run(command, { timeoutMs, maxBytes: MAX_BYTES, signal });
    const shown = shorten(this.guard.redact(output));
    return success ? { status: 'ok', output: shown } : { status: 'error', output: shown, error: lastLine(shown) };
  }

  private context(owner: string, signal: AbortSignal) {
    return { owner, signal, door: 'cron', sessionId: undefined };
  }

  private get tool(): Tool {
    const tool = this.registry.get('shell');
    if (!tool) throw new Error('the shell tool is not there');
    return tool;
  }
}

/** The exit code, or that the time was up. */
function lastLine(output: string): string {
  return output.slice(output.lastIndexOf('\n') + 1).replace(/^\[|\]$/g, '');
}
