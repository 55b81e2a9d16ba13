import { FailedAttempts } from '../../../src/pairing/failed-attempts';
import { TestClock } from '../../support/test-clock';

const MINUTE = 60_000;

describe('FailedAttempts', () => {
  let clock: TestClock;
  let attempts: FailedAttempts;

  beforeEach(() => {
    clock = new TestClock();
    attempts = new FailedAttempts(clock);
  });

  const fail = (client: string, times: number) => Array.from({ length: times }, () => attempts.begin(client));

  it('lets three attempts through and locks the client out from the fourth on', () => {
    expect(fail('a', 4)).toEqual([0, 0, 0, 300]);
  });

  it('tells the remaining seconds, counted from the third failure and rounded up', () => {
    fail('a', 3);
    clock.advance(1);
    expect(attempts.begin('a')).toBe(300);
    clock.advance(4 * MINUTE);
    expect(attempts.begin('a')).toBe(60);
    clock.advance(MINUTE - 2);
    expect(attempts.begin('a')).toBe(1);
  });

  it('does not count attempts during the lockout, and starts from zero after it', () => {
    fail('a', 3);
    clock.advance(2 * MINUTE);
    fail('a', 10);
    clock.advance(3 * MINUTE);
    expect(fail('a', 4)).toEqual([0, 0, 0, 300]);
  });

  it('leaves other clients alone', () => {
    fail('a', 4);
    expect(attempts.begin('b')).toBe(0);
  });

  it('forgives only the client that succeeded', () => {
    fail('a', 2);
    fail('b', 2);
    attempts.forgive('a');
    expect(fail('a', 4)).toEqual([0, 0, 0, 300]);
    expect(fail('b', 2)).toEqual([0, 300]);
  });

  it('forgets a client that stayed away for a quarter of an hour, and none that came back before', () => {
    fail('a', 2);
    clock.advance(15 * MINUTE);
    expect(fail('a', 3)).toEqual([0, 0, 0]);

    fail('b', 2);
    clock.advance(15 * MINUTE - 1);
    expect(fail('b', 2)).toEqual([0, 300]);
  });

  it('does not hold an attempt against the client that could not be judged', () => {
    fail('a', 3);
    attempts.withdraw('a');
    expect(fail('a', 2)).toEqual([0, 300]);
  });

  it('remembers 10 000 clients and lets the longest idle one go first', () => {
    fail('idle', 3);
    fail('busy', 2);
    for (let index = 0; index < 9_998; index += 1) attempts.begin(`10.0.${index >> 8}.${index & 255}`);
    attempts.begin('busy');
    attempts.begin('one more');
    expect(attempts.size).toBe(10_000);
    expect(attempts.begin('busy')).toBe(300);
    expect(attempts.begin('idle')).toBe(0);
    expect(attempts.size).toBe(10_000);
  });
});
