import { nextMatch } from './cron-expression';
import type { Schedule } from './schedule';

/** The first due time after `after` (milliseconds since the epoch); undefined when none is left. */
export async function nextDue(schedule: Schedule, after: number): Promise<number | undefined> {
  switch (schedule.kind) {
    case 'cron':
      return nextMatch(schedule.expression, schedule.timezone, after);
    case 'at':
      return schedule.at > after ? schedule.at : undefined;
    case 'every': {
      const { everyMs, anchor } = schedule;
      return anchor + Math.max(1, Math.floor((after - anchor) / everyMs) + 1) * everyMs;
    }
  }
}

/** The next `count` due times, fewer when there are no more. */
export async function nextDueTimes(schedule: Schedule, after: number, count: number): Promise<number[]> {
  const times: number[] = [];
  let last: number | undefined = after;
  while (times.length < count) {
    last = await nextDue(schedule, last);
    if (last === undefined) break;
    times.push(last);
  }
  return times;
}
