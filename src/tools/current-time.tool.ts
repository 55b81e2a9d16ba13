import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { RegisterTool } from './register-tool';
import type { Tool, ToolResult } from './tool';

/** Tells the model what time it is, anywhere in the world. */
@RegisterTool()
@Injectable()
export class CurrentTimeTool implements Tool {
  readonly name = 'current_time';
  readonly description = 'The current date, weekday and time of day in a time zone, and the same moment in UTC.';
  readonly risk = 'low';
  readonly parameters = {
    type: 'object',
    properties: {
      timezone: {
        type: 'string',
        maxLength: 64,
        description: 'IANA time zone such as "Europe/Berlin". UTC when left out.',
      },
    },
    additionalProperties: false,
  };

  constructor(private readonly clock: Clock) {}

  async execute(args: Record<string, unknown>): Promise<ToolResult> {
    const timeZone = typeof args['timezone'] === 'string' ? args['timezone'] : 'UTC';
    const now = new Date(this.clock.now());
    try {
      const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long', timeZone }).format(now);
      return { success: true, output: `${local} in ${timeZone} (${now.toISOString()})` };
    } catch {
      return {
        success: false,
        output: `"${timeZone}" is not a known time zone. Use an IANA name such as "America/New_York".`,
      };
    }
  }
}
