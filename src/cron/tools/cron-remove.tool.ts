import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { RegisterTool } from '../../tools/register-tool';
import type { Tool, ToolContext, ToolResult } from '../../tools/tool';
import { CronConfig } from '../cron.config';
import { CronService } from '../cron.service';
import { answered, authorOf, cronIsOff } from './cron-call';

/** Lets the agent take away a job of the person it talks to. */
@RegisterTool()
@Injectable()
export class CronRemoveTool implements Tool {
  readonly name = 'cron_remove';
  readonly description = 'Removes a job of this person with its history, and ends it if it runs.';
  readonly risk = 'medium';
  readonly parameters = {
    type: 'object',
    properties: { job_id: { type: 'string', maxLength: 64, description: 'See cron_list.' } },
    required: ['job_id'],
    additionalProperties: false,
  };

  constructor(
    private readonly cron: CronService,
    private readonly config: ConfigService,
  ) {}

  off(): string | undefined {
    return cronIsOff(this.config.get(CronConfig).enabled);
  }

  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    const id = String(args['job_id']);
    return answered(context, async () => {
      await this.cron.remove(id, authorOf(context));
      return `Removed cron job ${id}`;
    });
  }
}
