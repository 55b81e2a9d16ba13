import { ScheduleError } from './schedule';

const WRITTEN =
  /^(?<date>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?<fraction>\.\d{1,9})?(?<offset>Z|[+-]\d{2}:\d{2})?$/i;

/**
 * The time that `text` means, in milliseconds since the epoch: RFC 3339 with an offset, or the wall clock of `timezone` without one. A wall
 * clock time that the clocks skip is as much later as the clocks jump; of one that comes twice, the first is meant. Throws ScheduleError.
 */
export async function oneShotTime(text: string, timezone: string): Promise<number> {
  const { date, time, fraction = '', offset } = WRITTEN.exec(text.trim())?.groups ?? {};
  if (date === undefined || time === undefined || !exists(date, time)) throw wrong(text);
  if (offset !== undefined) {
    const at = Date.parse(`${date}T${time}${fraction}${offset.toUpperCase()}`);
    if (Number.isNaN(at)) throw wrong(text);
    return at;
  }
  const { Cron } = await import('croner');
  const at = new Cron(`${date}T${time.length === 5 ? `${time}:00` : time}`, { timezone, paused: true }).getOnce();
  if (!at) throw wrong(text);
  return at.getTime() + Math.floor(Number(`0${fraction}`) * 1000);
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function exists(date: string, time: string): boolean {
  const at = new Date(`${date}T${time}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(`${date}T${time}`);
}

function wrong(text: string): ScheduleError {
  const shown = JSON.stringify(text.slice(0, 64));
  return new ScheduleError(
    'at',
    `The \`at\` ${shown} is not a time: write it like 2027-03-01T09:00:00+01:00, or without the offset and with a \`timezone\``,
  );
}
