import * as fc from 'fast-check';
import { cronExpression } from '../../../src/cron/schedule/cron-expression';
import { nextDue, nextDueTimes } from '../../../src/cron/schedule/next-due';
import { oneShotTime } from '../../../src/cron/schedule/one-shot-time';
import { ScheduleError } from '../../../src/cron/schedule/schedule';
import { isTimeZone } from '../../../src/cron/schedule/time-zone';

const iso = (time: number) => new Date(time).toISOString();

/** The due times of an expression after `from`, up to and without `to`. */
async function between(expression: string, timezone: string, from: string, to: string): Promise<string[]> {
  const found: string[] = [];
  const schedule = { kind: 'cron', expression, timezone } as const;
  let at = await nextDue(schedule, Date.parse(from) - 1);
  while (at !== undefined && at < Date.parse(to)) {
    found.push(iso(at));
    at = await nextDue(schedule, at);
  }
  return found;
}

/** The clocks go forward at 2:00 and back at 3:00 in Berlin, at 2:00 both times in New York. */
const BERLIN = {
  timezone: 'Europe/Berlin',
  gap: { from: '2026-03-28T23:00:00Z', to: '2026-03-29T22:00:00Z', end: '2026-03-29T01:00:00.000Z' },
  doubled: {
    from: '2026-10-24T22:00:00Z',
    to: '2026-10-25T23:00:00Z',
    first: '2026-10-25T00:30:00.000Z',
    daily: '30 2 * * *',
  },
};
const NEW_YORK = {
  timezone: 'America/New_York',
  gap: { from: '2026-03-08T05:00:00Z', to: '2026-03-09T04:00:00Z', end: '2026-03-08T07:00:00.000Z' },
  doubled: {
    from: '2026-11-01T04:00:00Z',
    to: '2026-11-02T05:00:00Z',
    first: '2026-11-01T05:30:00.000Z',
    daily: '30 1 * * *',
  },
};

describe.each([BERLIN, NEW_YORK])('where the clocks jump: $timezone', ({ timezone, gap, doubled }) => {
  it('runs a daily job once on the day that lacks its time, at the end of the gap', async () => {
    expect(await between('30 2 * * *', timezone, gap.from, gap.to)).toEqual([gap.end]);
  });

  it('runs a daily job once on the day that has its time twice, the first time', async () => {
    expect(await between(doubled.daily, timezone, doubled.from, doubled.to)).toEqual([doubled.first]);
  });

  it('runs a list of fixed times once each on both days', async () => {
    const hour = doubled.daily.split(' ')[1];
    expect(await between(`30 ${hour},14 * * *`, timezone, doubled.from, doubled.to)).toHaveLength(2);
    expect(await between('30 2,14 * * *', timezone, gap.from, gap.to)).toHaveLength(2);
  });

  it('runs an hourly job 23 and 25 times, an hour apart each', async () => {
    const short = await between('0 * * * *', timezone, gap.from, gap.to);
    const long = await between('0 * * * *', timezone, doubled.from, doubled.to);

    expect([short.length, long.length]).toEqual([23, 25]);
    for (const times of [short, long]) {
      const distances = times.slice(1).map((time, index) => Date.parse(time) - Date.parse(times[index] ?? ''));
      expect(new Set(distances)).toEqual(new Set([3_600_000]));
    }
  });

  it('keeps an interval by real time', async () => {
    const anchor = Date.parse(gap.from);
    const times = await nextDueTimes({ kind: 'every', everyMs: 3_600_000, anchor }, anchor, 24);
    expect(times.at(-1)).toBe(anchor + 24 * 3_600_000);
  });

  it('never gives a time twice and never one that is over, whenever it is asked', async () => {
    const year = Date.parse('2026-01-01T00:00:00Z');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('30 2 * * *', '*/7 * * * *', '0 1-3 * * *', '15 30 2 * * 0', '0 0 1 * *', '30 1,2,3 * * *'),
        fc.integer({ min: 0, max: 365 * 86_400 }),
        async (expression, second) => {
          let at = year + second * 1000;
          for (let step = 0; step < 5; step++) {
            const next = await nextDue({ kind: 'cron', expression, timezone }, at);
            if (next === undefined || next <= at) throw new Error(`${expression}: ${iso(at)} -> ${String(next)}`);
            at = next;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a cron expression', () => {
  const after = Date.parse('2026-01-01T00:00:00Z'); // a Thursday
  const next = async (expression: string) =>
    iso((await nextDue({ kind: 'cron', expression, timezone: 'UTC' }, after)) ?? Number.NaN);

  it.each([
    ['5 * * * *', '2026-01-01T00:05:00.000Z'],
    ['30 5 * * * *', '2026-01-01T00:05:30.000Z'],
    ['0 0 12 1 6 * 2030', '2030-06-01T12:00:00.000Z'],
    ['0 9 * * 0', '2026-01-04T09:00:00.000Z'],
    ['0 9 * * 7', '2026-01-04T09:00:00.000Z'],
    ['0 9 * * sun', '2026-01-04T09:00:00.000Z'],
    ['0 9 * * 1', '2026-01-05T09:00:00.000Z'],
    ['0 9 * * MON-FRI', '2026-01-01T09:00:00.000Z'],
    ['0 9 * FEB *', '2026-02-01T09:00:00.000Z'],
    ['*/15 8-10 * * *', '2026-01-01T08:00:00.000Z'],
    ['0 0 L * *', '2026-01-31T00:00:00.000Z'],
    ['@daily', '2026-01-02T00:00:00.000Z'],
    ['  0  9 * * *  ', '2026-01-01T09:00:00.000Z'],
  ])('reads %s', async (expression, expected) => {
    expect(await next(expression)).toBe(expected);
  });

  it.each([
    '',
    'nonsense',
    '* * * *',
    '* * * * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 32 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    '5-1 * * * *',
    '1,,2 * * * *',
    '@reboot',
    '2030-01-01T00:00:00Z',
    `${'0,'.repeat(200)}0 * * * *`,
  ])('refuses %j with the field', async (expression) => {
    const refusal = cronExpression(expression, 'UTC');
    await expect(refusal).rejects.toBeInstanceOf(ScheduleError);
    await expect(refusal).rejects.toMatchObject({ field: 'schedule' });
  });

  it('never throws anything else, whatever is written', async () => {
    const part = fc.string({ unit: fc.constantFrom(...'0123456789*/,-?#LWabcMON ') });
    await fc.assert(
      fc.asyncProperty(fc.oneof(part, fc.string()), async (text) => {
        const outcome = await cronExpression(text, 'UTC').catch((error: unknown) => error);
        return !(outcome instanceof Error) || outcome instanceof ScheduleError;
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing where nothing comes', async () => {
    expect(await nextDue({ kind: 'cron', expression: '0 0 30 2 *', timezone: 'UTC' }, after)).toBeUndefined();
    expect(
      await nextDueTimes({ kind: 'cron', expression: '0 0 0 1 1 * 2027', timezone: 'UTC' }, after, 5),
    ).toHaveLength(1);
  });
});

describe('the time of a one-shot', () => {
  it.each([
    ['2026-07-01T09:00:00Z', 'UTC', '2026-07-01T07:00:00.000Z', 'Z'],
    ['2026-07-01T09:00:00+02:00', 'UTC', '2026-07-01T07:00:00.000Z', 'an offset'],
    ['2026-07-01T09:00:00', 'Europe/Berlin', '2026-07-01T07:00:00.000Z', 'summer'],
    ['2026-12-01 09:00', 'Europe/Berlin', '2026-12-01T08:00:00.000Z', 'winter, without seconds'],
    ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z', 'the gap'],
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z', 'the doubled hour'],
    ['2026-07-01T09:00:00.250-04:00', 'UTC', '2026-07-01T13:00:00.250Z', 'a fraction'],
    ['2026-07-01T09:00:00.250', 'America/New_York', '2026-07-01T13:00:00.250Z', 'a local fraction'],
  ])('is read: %s in %s', async (text, timezone, expected, what) => {
    expect(iso(await oneShotTime(text, timezone))).toBe(what === 'Z' ? '2026-07-01T09:00:00.000Z' : expected);
  });

  it.each([
    '',
    'tomorrow',
    '2026-02-30T09:00:00Z',
    '2026-13-01T00:00:00',
    '2026-01-01',
    '2026-01-01T25:00:00Z',
    '1767225600000',
    '2026-01-01T09:00:00+99:99',
  ])('refuses %j', async (text) => {
    await expect(oneShotTime(text, 'UTC')).rejects.toMatchObject({ name: 'ScheduleError', field: 'at' });
  });

  it('is over once it has come', async () => {
    expect(await nextDue({ kind: 'at', at: 100 }, 99)).toBe(100);
    expect(await nextDue({ kind: 'at', at: 100 }, 100)).toBeUndefined();
  });
});

describe('an interval', () => {
  it('comes at whole multiples after its anchor, whenever it is asked', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1_000, max: 1e10 }),
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: -1e11, max: 1e12 }),
        async (everyMs, anchor, ahead) => {
          const after = anchor + ahead;
          const due = (await nextDue({ kind: 'every', everyMs, anchor }, after)) ?? 0;
          expect(due).toBeGreaterThan(Math.max(after, anchor));
          expect((due - anchor) % everyMs).toBe(0);
          expect(due - Math.max(after, anchor)).toBeLessThanOrEqual(everyMs);
        },
      ),
    ));
});

test('time zones are names of the IANA database', () => {
  expect(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'].map(isTimeZone)).not.toContain(false);
  expect(['', 'Berlin', '+02:00', 'Europe/Atlantis', 7, null, 'x'.repeat(100)].map(isTimeZone)).not.toContain(true);
});
