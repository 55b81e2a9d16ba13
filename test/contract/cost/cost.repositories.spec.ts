import { ModelExperience } from '../../../src/cost/model-experience';
import { ReportRepository } from '../../../src/cost/report.repository';
import { ReservationRepository } from '../../../src/cost/reservation.repository';
import type { BudgetState } from '../../../src/cost/reservation.repository';
import { abandoned } from '../../../src/cost/usage-rows';
import { UsageRepository } from '../../../src/cost/usage.repository';
import { describeEachDatabase } from '../../support/databases';
import { TestClock } from '../../support/test-clock';
import { record, reservation } from '../../support/cost-rows';

const NOON = Date.UTC(2026, 0, 10, 12);
const JANUARY = { from: '2026-01-01', to: '2026-01-31' };

describeEachDatabase('the books', (open, { dialect }) => {
  const books = async () => {
    const database = await open();
    return {
      usage: new UsageRepository(database),
      reservations: new ReservationRepository(database),
      reports: new ReportRepository(database),
      experience: new ModelExperience(database, new TestClock(NOON)),
    };
  };
  const stateOf = async ({ reservations }: { reservations: ReservationRepository }, now = NOON) => {
    let seen: BudgetState | undefined;
    await reservations.admit(now, (state) => {
      seen = state;
      return [];
    });
    return seen;
  };

  it('add records up by day, by owner and by session', async () => {
    const { usage, reports } = await books();
    await usage.settle(
      [
        record({ session_id: 'trip' }),
        record({ session_id: 'trip', cost_nano: 2_000, estimated: 1 }),
        record({ session_id: 'trip', owner: 'bob', cost_nano: 9_000 }),
        record({ day: '2026-01-12', model: 'other', cost_nano: 500 }),
        record({ day: '2026-02-01', cost_nano: 70_000 }),
      ],
      [],
      [],
    );

    expect(await reports.byDay(JANUARY)).toEqual([
      { key: '2026-01-10', nano: 12_000, tokens: 330, calls: 3, estimated: 1 },
      { key: '2026-01-12', nano: 500, tokens: 110, calls: 1, estimated: 0 },
    ]);
    expect(await reports.byOwner(JANUARY, 10)).toEqual([
      { key: 'bob', nano: 9_000, tokens: 110, calls: 1, estimated: 0 },
      { key: 'anna', nano: 3_500, tokens: 330, calls: 3, estimated: 1 },
    ]);
    expect(await reports.bySession(JANUARY, 1)).toEqual([
      { key: 'trip', owner: 'bob', nano: 9_000, tokens: 110, calls: 1, estimated: 0 },
    ]);
  });

  it('hold sums of the size of money and tokens that add up over years', async () => {
    const { usage, reports } = await books();
    const huge = { cost_nano: 2_000_000_000_000_000, input_tokens: 900_000_000_000 };
    await usage.settle([record(huge), record(huge)], [], []);

    expect(await usage.spentSince('2026-01-10')).toBe(4_000_000_000_000_000);
    expect(await reports.byDay(JANUARY)).toMatchObject([{ tokens: 1_800_000_000_020 }]);
  });

  it('take more records at once than a statement has room for', async () => {
    const { usage } = await books();
    await usage.settle(
      Array.from({ length: 1_000 }, () => record()),
      [],
      Array.from({ length: 500 }, () => reservation()),
    );

    expect(await usage.spentSince('2026-01-01')).toBe(1_000_000);
  });

  it('count spending from a day on, days to come included', async () => {
    const { usage } = await books();
    await usage.settle([record(), record({ day: '2026-01-11', cost_nano: 5 })], [], []);

    expect(await usage.spentSince('2026-01-10')).toBe(1_005);
    expect(await usage.spentSince('2026-01-11')).toBe(5);
    expect(await usage.spentSince('2026-01-12')).toBe(0);
  });

  it('enter a record that is written twice once', async () => {
    const { usage, reports } = await books();
    const row = record();
    await usage.settle([row], [], []);
    await usage.settle([row], [], []);

    expect(await usage.spentSince('2026-01-01')).toBe(1_000);
    expect(await reports.byDay(JANUARY)).toMatchObject([{ calls: 1, nano: 1_000 }]);
  });

  it('show what is set aside, for which models, until it is settled or released', async () => {
    const all = await books();
    const [first, second] = [reservation(), reservation({ model: 'other', amount_nano: 7 })];
    await all.reservations.admit(NOON, () => [first, second]);
    expect(await stateOf(all)).toEqual({
      daily: 0,
      monthly: 0,
      reserved: 5_007,
      running: new Set(['upstream/gpt-test', 'upstream/other']),
    });

    await all.usage.settle([record({ id: first.id })], [], []);
    expect(await stateOf(all)).toMatchObject({ daily: 1_000, monthly: 1_000, reserved: 7 });

    await all.usage.settle([], [second.id], []);
    expect(await stateOf(all)).toMatchObject({ daily: 1_000, reserved: 0, running: new Set() });
  });

  it('tell the day from the month', async () => {
    const all = await books();
    await all.usage.settle([record({ day: '2026-01-02' }), record({ day: '2025-12-31' })], [], []);

    expect(await stateOf(all)).toMatchObject({ daily: 0, monthly: 1_000 });
  });

  it('never give the same money away twice, over several connections', async () => {
    const several = await Promise.all(Array.from({ length: dialect === 'postgres' ? 4 : 1 }, books));
    const limit = 10;
    let given = 0;

    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        several[index % several.length]?.reservations.admit(NOON, ({ reserved }) => {
          if (reserved >= limit) return [];
          given++;
          return [reservation({ amount_nano: 1 })];
        }),
      ),
    );

    expect(given).toBe(limit);
  });

  it('book the calls of a dead process as they were expected, and nobody else', async () => {
    const { usage, reservations, reports } = await books();
    const [dead, alive, mine] = [
      reservation({ instance: 'dead' }),
      reservation({ instance: 'alive', expires_at: NOON + 3_600_000 }),
      reservation({ instance: 'me' }),
    ];
    await reservations.admit(NOON, () => [dead, alive, mine]);

    const booked = await usage.bookAbandoned(NOON + 120_000, 'me', abandoned);

    expect(booked).toMatchObject([{ id: dead.id, cost_nano: 3_000, estimated: 1, day: '2026-01-10' }]);
    expect(await usage.bookAbandoned(NOON + 120_000, 'me', abandoned)).toEqual([]);
    expect(await reservations.reserved()).toBe(10_000);
    expect(await reports.byDay(JANUARY)).toMatchObject([{ calls: 1, estimated: 1, nano: 3_000 }]);
  });

  it('put the truth in the place of the estimate when the process was alive after all', async () => {
    const { usage, reservations, reports } = await books();
    const row = reservation({ instance: 'slow' });
    await reservations.admit(NOON, () => [row]);
    await usage.bookAbandoned(NOON + 120_000, 'me', abandoned);

    await usage.settle([record({ id: row.id, cost_nano: 1_234 })], [row.id], []);

    expect(await usage.spentSince('2026-01-01')).toBe(1_234);
    expect(await reports.byDay(JANUARY)).toMatchObject([{ calls: 1, estimated: 0, nano: 1_234, tokens: 110 }]);
  });

  it('are right when the end of a call and the end of its lease meet', async () => {
    const [one, other] = await Promise.all([books(), dialect === 'postgres' ? books() : undefined]);
    const rows = Array.from({ length: 30 }, () => reservation({ instance: 'slow' }));
    await one.reservations.admit(NOON, () => rows);

    await Promise.all([
      ...rows.map(({ id }) => one.usage.settle([record({ id })], [id], [])),
      (other ?? one).usage.bookAbandoned(NOON + 120_000, 'me', abandoned),
    ]);

    expect(await one.usage.spentSince('2026-01-01')).toBe(30_000);
    expect(await one.reports.byDay(JANUARY)).toMatchObject([{ calls: 30, estimated: 0 }]);
    expect(await one.reservations.reserved()).toBe(0);
  });

  it('keep the reservations of a living process', async () => {
    const { usage, reservations } = await books();
    await reservations.admit(NOON, () => [reservation({ instance: 'alive' })]);
    await usage.renew('alive', NOON + 600_000);

    expect(await usage.bookAbandoned(NOON + 120_000, 'me', abandoned)).toEqual([]);
  });

  it('forget single calls before the sums, and the sums of long ago', async () => {
    const { usage, reports } = await books();
    await usage.settle(
      [...Array.from({ length: 5 }, () => record({ day: '2026-01-02', session_id: 's' })), record({ session_id: 's' })],
      [],
      [],
    );

    expect(await usage.forgetCalls('2026-01-10', 3)).toBe(3);
    expect(await usage.forgetCalls('2026-01-10', 3)).toBe(2);
    expect(await reports.bySession(JANUARY, 5)).toMatchObject([{ calls: 1 }]);
    expect(await reports.byDay(JANUARY)).toMatchObject([{ calls: 5 }, { calls: 1 }]);

    await usage.forgetDays('2026-01-10');
    expect(await reports.byDay(JANUARY)).toMatchObject([{ key: '2026-01-10' }]);
    expect(await usage.spentSince('2026-01-01')).toBe(1_000);
  });

  it('know what the calls of a model of the last week have come to', async () => {
    const { usage, experience } = await books();
    await usage.settle(
      [
        record({ expected_input: 50, output_tokens: 700 }),
        record({ expected_input: 100, output_tokens: 20, owner: 'bob' }),
        record({ expected_input: 0, output_tokens: 99_999 }),
        record({ expected_input: 1, model: 'old', day: '2026-01-01' }),
        record({ expected_input: 0, model: 'unasked' }),
      ],
      [],
      [],
    );
    await experience.load();

    expect(experience.of('upstream', 'gpt-test')).toEqual({ outputTokens: 700, inputPercent: 200 });
    expect(experience.of('upstream', 'old')).toBeUndefined();
    expect(experience.of('upstream', 'unasked')).toBeUndefined();
  });
});
