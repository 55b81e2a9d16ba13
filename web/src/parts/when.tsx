import { Text, Tooltip } from '@mantine/core';

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment as people say it, the exact one behind it. */
export function When({ at, never = 'never' }: { at: string | null | undefined; never?: string }) {
  if (at == null) {
    return (
      <Text span c="dimmed" inherit>
        {never}
      </Text>
    );
  }
  const time = new Date(at);
  return (
    <Tooltip label={exact.format(time)}>
      <time dateTime={at}>{saidRelative(time)}</time>
    </Tooltip>
  );
}

/** "in 3 hours", "5 minutes ago", "just now". */
export function saidRelative(time: Date, now = Date.now()): string {
  const seconds = (time.getTime() - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 5 ? 'in a moment' : 'just now';
}
