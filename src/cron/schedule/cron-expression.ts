import type { Cron } from 'croner' with { 'resolution-mode': 'import' };
import { ScheduleError } from './schedule';

const LONGEST = 200;
/** Parsed expressions that are kept; a gateway has some dozens of jobs. */
const KEPT = 256;
const kept = new Map<string, Cron>();

/**
 * A cron expression on the wall clocks of a time zone. Weekdays are Unix's: 0 and 7 are Sunday, names work. Where the clocks jump:
 * fixed times (no `*`, no step in seconds, minutes and hours) run once on every day, those in the gap at its end and those that occur twice
 * at the first of the two; everything else follows real time, so that an hourly job runs 23 or 25 times.
 * Throws ScheduleError. The library is loaded with the first expression.
 */
export async function cronExpression(expression: string, timezone: string): Promise<Cron> {
  const key = `${timezone}\n${expression}`;
  const known = kept.get(key);
  if (known) return known;
  const fields = expression.trim().split(/\s+/);
  // The library also takes dates and nicknames that are bound to its own timers.
  const isNickname = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/i.test(expression.trim());
  if (expression.length > LONGEST || (!isNickname && (fields.length < 5 || fields.length > 7))) {
    throw wrong(
      expression,
      'it must have 5 fields (minute hour day month weekday), 6 (seconds first) or 7 (year last)',
    );
  }
  const { Cron: Expression } = await import('croner');
  try {
    const parsed = new Expression(fields.join(' '), { timezone, paused: true, fixedTimeRule: 'no-wildcard' });
    remember(key, parsed);
    return parsed;
  } catch (error) {
    throw wrong(
      expression,
      error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error),
      error,
    );
  }
}

/** The first due time after `after`, both in milliseconds since the epoch; undefined when there is none. */
export async function nextMatch(expression: string, timezone: string, after: number): Promise<number | undefined> {
  const parsed = await cronExpression(expression, timezone);
  return parsed.nextRun(new Date(after))?.getTime();
}

function remember(key: string, parsed: Cron): void {
  for (const oldest of kept.keys()) {
    if (kept.size < KEPT) break;
    kept.delete(oldest);
  }
  kept.set(key, parsed);
}

function wrong(expression: string, why: string, cause?: unknown): ScheduleError {
  const shown = JSON.stringify(expression.slice(0, 80));
  return new ScheduleError('schedule', `The \`schedule\` ${shown} is not a cron expression: ${why}`, { cause });
}
