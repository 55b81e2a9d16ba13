import { Injectable } from '@nestjs/common';
import type { Assessment, ToolContext } from '../../tools/tool';
import { ToolGate } from '../../tools/tool-gate';
import { ToolRegistry } from '../../tools/tool.registry';

/** How much harm a job can do that the agent writes: never less than medium, because it comes again and nobody watches. */
@Injectable()
export class CommandRisk {
  constructor(
    private readonly gate: ToolGate,
    private readonly registry: ToolRegistry,
  ) {}

  /** That of the command, judged as the shell tool's; of a job without one, medium. */
  async assess(command: unknown, context: ToolContext): Promise<Assessment> {
    const shell = this.registry.get('shell');
    if (typeof command !== 'string' || !shell) return { risk: 'medium' };
    const judged = await this.gate.judge(shell, { command }, context);
    if ('reason' in judged) return { refused: judged.reason, explanation: judged.explanation };
    return { risk: judged.risk === 'low' ? 'medium' : judged.risk };
  }
}
