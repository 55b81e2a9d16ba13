import cronstrue from 'cronstrue';
import type { Job } from './cron.api';

const UNITS: readonly [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** When a job runs, as a person would say it. */
export function saySchedule({ schedule, timezone, at, every_ms }: Job): string {
  if (schedule !== null) return `${sayExpression(schedule) ?? schedule} (${timezone ?? 'UTC'})`;
  if (at !== null) return `Once, ${new Date(at).toLocaleString('en')}`;
  return every_ms === null ? '' : sayEvery(every_ms);
}

/** Undefined when it is not an expression that can be read. */
export function sayExpression(expression: string): string | undefined {
  try {
    return cronstrue.toString(expression, { use24HourTimeFormat: true, throwExceptionOnParseError: true });
  } catch {
    return undefined;
  }
}

function sayEvery(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => milliseconds % length === 0) ?? ['millisecond', 1];
  const count = milliseconds / size;
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}
