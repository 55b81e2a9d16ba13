/**
 * When a job is due. `cron`: an expression of 5 (minutes), 6 (seconds first) or 7 fields (year last), read on the wall clocks of a time zone.
 * `at`: once. `every`: at `anchor` plus whole multiples of `everyMs`. Times are milliseconds since the epoch.
 */
export type Schedule =
  | { kind: 'cron'; expression: string; timezone: string }
  | { kind: 'at'; at: number }
  | { kind: 'every'; everyMs: number; anchor: number };

/** The fields of a request that say when; also the `field` of errors about them. */
export type ScheduleField = 'schedule' | 'at' | 'every_ms' | 'timezone';

/** A schedule that cannot be; the message is a sentence for whoever wrote it. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';

  constructor(
    readonly field: ScheduleField,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
