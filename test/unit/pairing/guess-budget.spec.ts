import { GUESSES_PER_HOUR, GuessBudget } from '../../../src/pairing/guess-budget';
import { TestClock } from '../../support/test-clock';

const spend = (budget: GuessBudget, times: number) => Array.from({ length: times }, () => budget.spend());

describe('GuessBudget', () => {
  const clock = new TestClock();

  it('is used up by the hundredth wrong code within the hour, and begins anew', () => {
    const budget = new GuessBudget(clock);
    expect(spend(budget, GUESSES_PER_HOUR - 1)).not.toContain(true);
    expect(budget.spend()).toBe(true);
    expect(spend(budget, GUESSES_PER_HOUR - 1)).not.toContain(true);
    expect(budget.spend()).toBe(true);
  });

  it('is refilled after an hour', () => {
    const budget = new GuessBudget(clock);
    spend(budget, GUESSES_PER_HOUR - 1);
    clock.advance(60 * 60_000);
    expect(budget.spend()).toBe(false);
  });
});
