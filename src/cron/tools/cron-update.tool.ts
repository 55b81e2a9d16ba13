import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { RegisterTool } from '../../tools/register-tool';
import type { Assessment, Tool, ToolContext, ToolResult } from '../../tools/tool';
import { CronConfig } from '../cron.config';
import { CronService } from '../cron.service';
import { viewJob } from '../cron.view';
import { CommandRisk } from '../tasks/command-risk';
import { JOB_PROPERTIES, answered, authorOf, cronIsOff, wishesOf } from './cron-call';

/** Lets the agent change a job of the person it talks to. */
@RegisterTool()
@Injectable()
export class CronUpdateTool implements Tool {
  readonly name = 'cron_update';
  readonly description = 'Changes a job; what the patch does not name stays. enabled: false pauses it.';
  readonly risk = 'medium';
  readonly parameters = {
    type: 'object',
    properties: {
      job_id: { type: 'string', maxLength: 64 },
      patch: { type: 'object', properties: JOB_PROPERTIES, additionalProperties: false },
    },
    required: ['job_id', 'patch'],
    additionalProperties: false,
  };

  constructor(
    private readonly cron: CronService,
    private readonly risks: CommandRisk,
    private readonly config: ConfigService,
  ) {}

  off(): string | undefined {
    return cronIsOff(this.config.get(CronConfig).enabled);
  }

  assess(args: Record<string, unknown>, context: ToolContext): Promise<Assessment> {
    return this.risks.assess((args['patch'] as Record<string, unknown>)['command'], context);
  }

  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    const wishes = wishesOf(args['patch'] as Record<string, unknown>);
    const id = String(args['job_id']);
    return answered(context, async () =>
      JSON.stringify(viewJob(await this.cron.change(id, wishes, authorOf(context)))),
    );
  }
}
