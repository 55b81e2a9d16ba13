import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import { CronConfig } from './cron.config';
import type { JobPlan } from './job';
import type { JobWishes } from './job-wishes';
import { cronExpression } from './schedule/cron-expression';
import { nextDue, nextDueTimes } from './schedule/next-due';
import { oneShotTime } from './schedule/one-shot-time';
import type { Schedule, ScheduleField } from './schedule/schedule';
import { ScheduleError } from './schedule/schedule';
import { assertTimeZone } from './schedule/time-zone';

export const LEAST_EVERY_MS = 1_000;
export const MOST_EVERY_MS = 366 * 86_400_000;
const KINDS = ['schedule', 'at', 'every_ms'] as const;
/** Enough to see how close together the due times of an expression come. */
const LOOKED_AHEAD = 8;
const DAY_MS = 86_400_000;

type When = Pick<JobWishes, 'schedule' | 'at' | 'every_ms' | 'timezone'>;

/** Turns what a caller writes about the time into a schedule; refuses by AppErrors `cron.invalid_schedule` that name the field. */
@Injectable()
export class SchedulePlanner {
  constructor(
    private readonly clock: Clock,
    private readonly config: ConfigService,
  ) {}

  /** Of a new job. */
  async first(when: When): Promise<Schedule> {
    return this.named(async () => {
      const given = KINDS.filter((field) => when[field] != null);
      if (given.length !== 1) {
        throw new ScheduleError('schedule', 'Give exactly one of `schedule`, `at` and `every_ms`');
      }
      return this.read(when, when.timezone ?? this.config.get(CronConfig).timezone);
    });
  }

  /** Of a job that has one. A `timezone` alone moves an expression to other clocks. */
  async changed(before: Schedule, when: When): Promise<Schedule> {
    const given = KINDS.filter((field) => when[field] != null);
    const usual = this.config.get(CronConfig).timezone;
    if (given.length === 0) {
      if (when.timezone === undefined || before.kind !== 'cron') return before;
      return this.first({ schedule: before.expression, timezone: when.timezone ?? usual });
    }
    const kept = before.kind === 'cron' ? before.timezone : usual;
    return this.first({ ...when, timezone: when.timezone === undefined ? kept : (when.timezone ?? usual) });
  }

  /**
   * The next due time. Not one that was taken up already, which a clock that was set back would bring again; a clock that was more than
   * a day ahead is taken for having been wrong.
   */
  next(schedule: Schedule, lastDue: number | undefined): Promise<number | undefined> {
    const now = this.clock.now();
    const isBelieved = lastDue !== undefined && lastDue > now && lastDue - now < DAY_MS;
    return nextDue(schedule, isBelieved ? lastDue : now);
  }

  /** The next due times of an expression, for people who write one. */
  async preview(schedule: string, timezone: string | undefined, count: number): Promise<number[]> {
    return nextDueTimes(await this.first({ schedule, timezone }), this.clock.now(), count);
  }

  /** Prompts cost money: their due times keep a distance. */
  async assertRate({ schedule, task }: Pick<JobPlan, 'schedule' | 'task'>): Promise<void> {
    if (task.kind !== 'prompt' || schedule.kind === 'at') return;
    const least = this.config.get(CronConfig).min_prompt_interval_secs;
    const times = await nextDueTimes(schedule, this.clock.now(), LOOKED_AHEAD);
    const isTooOften = times.some((time, index) => index > 0 && time - (times[index - 1] ?? 0) < least * 1000);
    if (!isTooOften) return;
    const field = schedule.kind === 'every' ? 'every_ms' : 'schedule';
    throw refused(
      field,
      `The \`${field}\` starts a prompt more often than every ${least} s ([cron] min_prompt_interval_secs)`,
    );
  }

  private async read({ schedule, at, every_ms: everyMs }: When, timezone: string): Promise<Schedule> {
    assertTimeZone(timezone);
    const now = this.clock.now();
    if (schedule != null) {
      await cronExpression(schedule, timezone);
      const read: Schedule = { kind: 'cron', expression: schedule.trim(), timezone };
      if ((await nextDueTimes(read, now, 1)).length === 0) {
        throw new ScheduleError('schedule', 'The `schedule` never comes: there is no such date ahead');
      }
      return read;
    }
    if (at != null) {
      const time = await oneShotTime(at, timezone);
      if (time <= now) throw new ScheduleError('at', `The \`at\` ${new Date(time).toISOString()} is in the past`);
      return { kind: 'at', at: time };
    }
    const every = everyMs ?? 0;
    if (!Number.isInteger(every) || every < LEAST_EVERY_MS || every > MOST_EVERY_MS) {
      throw new ScheduleError(
        'every_ms',
        `The \`every_ms\` must be a whole number from ${LEAST_EVERY_MS} to ${MOST_EVERY_MS}`,
      );
    }
    return { kind: 'every', everyMs: every, anchor: now };
  }

  private async named<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof ScheduleError) throw refused(error.field, error.message, error);
      throw error;
    }
  }
}

function refused(field: ScheduleField, message: string, cause?: unknown): AppError {
  return new AppError(400, 'cron.invalid_schedule', message, { param: field, cause });
}
