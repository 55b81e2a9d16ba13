import * as fc from 'fast-check';
import { judge } from '../../../src/cost/budget-rule';
import type { Candidate } from '../../../src/cost/budget-rule';
import type { BudgetState } from '../../../src/cost/reservation.repository';

const state = (fields: Partial<BudgetState> = {}): BudgetState => ({
  daily: 0,
  monthly: 0,
  reserved: 0,
  running: new Set(),
  ...fields,
});
const call = (fields: Partial<Candidate> = {}): Candidate => ({
  model: 'a/b',
  expected: 10,
  most: 30,
  proven: true,
  ...fields,
});
const limits = { daily: 100, monthly: 1_000 };

describe('whether a call may begin', () => {
  it.each([
    ['there is room', state(), call(), { kind: 'admit', amount: 30 }],
    ['only the probable cost fits and nothing runs', state({ daily: 85 }), call(), { kind: 'admit', amount: 15 }],
    ['only the probable cost fits and others run', state({ daily: 85, reserved: 1 }), call(), { kind: 'wait' }],
    ['the running calls leave room', state({ daily: 10, reserved: 60 }), call(), { kind: 'admit', amount: 30 }],
    [
      'it does not fit into the day',
      state({ daily: 91, monthly: 91 }),
      call(),
      { kind: 'exceeded', period: 'daily', spent: 91 },
    ],
    [
      'it does not fit into the month',
      state({ monthly: 991 }),
      call(),
      { kind: 'exceeded', period: 'monthly', spent: 991 },
    ],
    [
      'its model is new and one of it runs',
      state({ reserved: 1, running: new Set(['a/b']) }),
      call({ proven: false }),
      { kind: 'wait' },
    ],
    [
      'its model is new and others run',
      state({ reserved: 1, running: new Set(['a/c']) }),
      call({ proven: false }),
      { kind: 'admit', amount: 30 },
    ],
    [
      'it is free and the budget is used up',
      state({ daily: 100 }),
      call({ expected: 0, most: 0 }),
      { kind: 'admit', amount: 0 },
    ],
  ])('%s', (_, before, candidate, verdict) => {
    expect(judge(before, limits, candidate)).toEqual(verdict);
  });

  it('never lets spending pass a limit by more than one call, whatever comes in whatever order', () => {
    const costs = fc.array(
      fc.record({ most: fc.integer({ min: 1, max: 60 }), share: fc.constantFrom(0, 0.3, 0.9, 1) }),
      {
        minLength: 20,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(costs, fc.array(fc.nat(), { maxLength: 60 }), (wanted, endings) => {
        const now = state();
        const running: { amount: number; actual: number }[] = [];
        let largest = 0;
        const end = (pick: number) => {
          const [ended] = running.splice(pick % running.length, 1);
          if (!ended) return;
          now.reserved -= ended.amount;
          now.daily += ended.actual;
          largest = Math.max(largest, ended.actual);
        };
        for (const [index, { most, share }] of wanted.entries()) {
          const expected = Math.max(1, Math.round(most / 3));
          const verdict = judge(now, limits, call({ expected, most }));
          if (verdict.kind === 'admit') {
            running.push({ amount: verdict.amount, actual: Math.round(most * share) });
            now.reserved += verdict.amount;
          }
          if (running.length > 0 && index % 2 === 1) end(endings[index] ?? 0);
        }
        while (running.length > 0) end(0);
        expect(now.daily).toBeLessThanOrEqual(limits.daily + largest);
      }),
    );
  });
});
