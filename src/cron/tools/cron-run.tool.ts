import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { RegisterTool } from '../../tools/register-tool';
import type { Tool, ToolContext, ToolResult } from '../../tools/tool';
import { CronConfig } from '../cron.config';
import { viewRun } from '../cron.view';
import { JobRuns } from '../job-runs';
import { answered, authorOf, cronIsOff } from './cron-call';

/** Lets the agent start a job of the person it talks to out of turn. */
@RegisterTool()
@Injectable()
export class CronRunTool implements Tool {
  readonly name = 'cron_run';
  readonly description =
    'Starts a job of this person now, beside its schedule, and returns at once; cron_runs tells how it went.';
  readonly risk = 'medium';
  readonly parameters = {
    type: 'object',
    properties: { job_id: { type: 'string', maxLength: 64, description: 'See cron_list.' } },
    required: ['job_id'],
    additionalProperties: false,
  };

  constructor(
    private readonly runs: JobRuns,
    private readonly config: ConfigService,
  ) {}

  off(): string | undefined {
    return cronIsOff(this.config.get(CronConfig).enabled);
  }

  execute(args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    const id = String(args['job_id']);
    return answered(context, async () => JSON.stringify(viewRun(await this.runs.start(id, authorOf(context)))));
  }
}
