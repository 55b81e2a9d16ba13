import { Injectable } from '@nestjs/common';
import { ConfigService } from '../../platform/config/config.service';
import { RegisterTool } from '../../tools/register-tool';
import type { Tool, ToolContext, ToolResult } from '../../tools/tool';
import { CronConfig } from '../cron.config';
import { CronService } from '../cron.service';
import { viewJob } from '../cron.view';
import { answered, authorOf, cronIsOff } from './cron-call';

/** Shows the agent the jobs of the person it talks to. */
@RegisterTool()
@Injectable()
export class CronListTool implements Tool {
  readonly name = 'cron_list';
  readonly description = 'Lists the jobs of this person that start by themselves, as JSON, the next due one first.';
  readonly risk = 'low';
  readonly parameters = { type: 'object', properties: {}, additionalProperties: false };

  constructor(
    private readonly cron: CronService,
    private readonly config: ConfigService,
  ) {}

  off(): string | undefined {
    return cronIsOff(this.config.get(CronConfig).enabled);
  }

  execute(_args: Record<string, unknown>, context: ToolContext): Promise<ToolResult> {
    return answered(context, async () => {
      const jobs = await this.cron.list(authorOf(context));
      return JSON.stringify(jobs.map(viewJob), undefined, 1);
    });
  }
}
