import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { RegisterTool } from '../../tools/register-tool';
import type { Tool, ToolContext, ToolResult } from '../../tools/tool';
import { CronConfig } from '../cron.config';
import { viewRun } from '../cron.view';
import { JobRuns } from '../job-runs';
import { answered, authorOf, cronIsOff } from './cron-call';

const USUALLY = 10;
const MOST = 50;
/** Characters of an output that the model is shown. */
const SHOWN_OUTPUT = 500;

/** Shows the agent how a job of the person it talks to went. */
@RegisterTool()
@Injectable()
export class CronRunsTool implements Tool {
  readonly name = 'cron_runs';
  readonly description = `The latest runs of a job, as JSON, the newest first; outputs are cut at ${SHOWN_OUTPUT} characters.`;
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      job_id: { type: 'string', maxLength: 64, description: 'See cron_list.' },
      limit: { type: 'integer', minimum: 1, maximum: MOST, default: USUALLY },
    },
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
    const limit = typeof args['limit'] === 'number' ? args['limit'] : USUALLY;
    return answered(context, async () => {
      const runs = await this.runs.history(String(args['job_id']), authorOf(context), limit);
      const shown = runs.map(viewRun).map((run) => ({ ...run, output: run.output?.slice(0, SHOWN_OUTPUT) ?? null }));
      return JSON.stringify(shown, undefined, 1);
    });
  }
}
