import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { RUN_STATUSES } from '../agent/runs/run';
import type { RunStatus } from '../agent/runs/run';

export const LIMIT = /^([1-9]\d?|[1-4]\d\d|500)$/;
export const LIMIT_MUST = 'The `limit` must be a whole number from 1 to 500';

/** Query of `GET /api/runs`. */
export class RunQueryDto {
  @IsOptional()
  @IsString({ message: 'Give `session_id` once' })
  session_id?: string;

  @IsOptional()
  @IsIn(RUN_STATUSES, { message: `The \`status\` must be one of ${RUN_STATUSES.join(', ')}` })
  status?: RunStatus;

  @IsOptional()
  @Matches(LIMIT, { message: LIMIT_MUST })
  limit?: string;

  @IsOptional()
  @IsString({ message: 'The `before` must be the id of a run' })
  @MaxLength(128, { message: 'The `before` must be the id of a run' })
  before?: string;

  @IsOptional()
  @IsIn(['true', 'false'], { message: 'The `all` must be true or false' })
  all?: string;
}

/** Query of `GET /api/runs/:id/events`. */
export class RunEventsQueryDto {
  /** For clients that cannot send the header `Last-Event-ID`. */
  @IsOptional()
  @IsString({ message: 'Give `last_event_id` once' })
  last_event_id?: string;
}
