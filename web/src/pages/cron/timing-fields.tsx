import { NumberInput, SegmentedControl, Stack, TextInput } from '@mantine/core';
import type { JobWish } from './cron.api';
import { ExpressionPreview } from './expression-preview';

export interface Timing {
  kind: 'schedule' | 'at' | 'every';
  expression: string;
  timezone: string;
  /** As the browser's own field gives it, in the time of this machine. */
  at: string;
  minutes: number;
}

export function wishOf({ kind, expression, timezone, at, minutes }: Timing): JobWish {
  if (kind === 'schedule') return { schedule: expression.trim(), timezone: timezone.trim() };
  if (kind === 'every') return { every_ms: Math.round(minutes * 60_000) };
  const time = new Date(at);
  return { at: Number.isNaN(time.getTime()) ? at : time.toISOString() };
}

/** When a job runs: again and again by an expression, once, or at an interval. */
export function TimingFields({ timing, onChange }: { timing: Timing; onChange: (timing: Timing) => void }) {
  const set = (change: Partial<Timing>) => onChange({ ...timing, ...change });
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="When it runs"
        value={timing.kind}
        onChange={(kind) => set({ kind: kind as Timing['kind'] })}
        data={[
          { value: 'schedule', label: 'By expression' },
          { value: 'every', label: 'At an interval' },
          { value: 'at', label: 'Once' },
        ]}
      />
      {timing.kind === 'schedule' && (
        <>
          <TextInput
            label="Cron expression"
            description="minute hour day month weekday; 0 and 7 are Sunday"
            value={timing.expression}
            onChange={(event) => set({ expression: event.currentTarget.value })}

            required
          />
          <TextInput
            label="Time zone"
            value={timing.timezone}
            onChange={(event) => set({ timezone: event.currentTarget.value })}
            required
          />
          <ExpressionPreview expression={timing.expression} timezone={timing.timezone} />
        </>
      )}
      {timing.kind === 'every' && (
        <NumberInput
          label="Minutes between two runs"
          value={timing.minutes}
          onChange={(value) => set({ minutes: Number(value) })}
          min={1}
          required
        />
      )}
      {timing.kind === 'at' && (
        <TextInput
          label="Time"
          type="datetime-local"
          value={timing.at}
          onChange={(event) => set({ at: event.currentTarget.value })}
          required
        />
      )}
    </Stack>
  );
}
