import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { MISSED, OVERLAPS } from './job';
import type { Missed, Overlap } from './job';
import type { DestinationWishes, JobWishes } from './job-wishes';

/** Characters of a prompt. */
export const LONGEST_PROMPT = 32_768;
/** Characters of a command; the shell tool takes no more either. */
export const LONGEST_COMMAND = 4_000;
export const LONGEST_NAME = 200;

/** A text that may be left out. No database takes the character NUL. */
function Text(field: string, longest: number): PropertyDecorator {
  const says = { message: `The \`${field}\` must be a text of at most ${longest} characters` };
  return applyDecorators(IsOptional(), IsString(says), MaxLength(longest, says), Matches(/^[^\0]*$/, says));
}

const oneOf = (field: string, values: readonly string[]) => ({
  message: `The \`${field}\` must be one of ${values.join(', ')}`,
});

class DestinationDto implements DestinationWishes {
  @Text('session', 128)
  session?: string | null;

  @Text('channel', 64)
  channel?: string | null;

  @Text('conversation', 512)
  conversation?: string | null;
}

/** Body of `POST /api/cron` and `PATCH /api/cron/:id`. What may stand together is checked where every job goes through. */
export class JobDto implements JobWishes {
  @Text('name', LONGEST_NAME)
  name?: string | null;

  @Text('schedule', 200)
  schedule?: string | null;

  @IsOptional()
  @IsString({ message: 'The `at` must be a time as text, such as 2027-03-01T09:00:00+01:00' })
  at?: string | null;

  @IsOptional()
  @IsInt({ message: 'The `every_ms` must be a whole number of milliseconds' })
  every_ms?: number | null;

  @Text('timezone', 64)
  timezone?: string | null;

  @Text('prompt', LONGEST_PROMPT)
  prompt?: string | null;

  @Text('command', LONGEST_COMMAND)
  @IsNotEmpty({ message: 'The `command` must not be empty' })
  command?: string | null;

  @Text('session_id', 128)
  session_id?: string | null;

  @IsOptional()
  @ValidateNested({ message: 'The `deliver_to` is {"session": …} or {"channel": …, "conversation": …}' })
  @Type(() => DestinationDto)
  deliver_to?: DestinationDto | null;

  @IsOptional()
  @IsIn(MISSED, oneOf('missed', MISSED))
  missed?: Missed | null;

  @IsOptional()
  @IsIn(OVERLAPS, oneOf('overlap', OVERLAPS))
  overlap?: Overlap | null;

  @IsOptional()
  @IsBoolean({ message: 'The `enabled` must be true or false' })
  enabled?: boolean | null;
}

/** Query of `GET /api/cron/:id/runs`. */
export class RunsQuery {
  @IsOptional()
  @Matches(/^([1-9]\d?|[1-4]\d\d|500)$/, { message: 'The `limit` must be a whole number from 1 to 500' })
  limit?: string;
}

/** Query of `GET /api/cron/preview`. */
export class PreviewQuery {
  @IsString({ message: 'Give a cron expression as `schedule`' })
  schedule = '';

  @IsOptional()
  @IsString({ message: 'Give `timezone` once' })
  timezone?: string;
}
