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

  /** A wrong code: the seconds for which the client was locked out, or 0 when it was tried and counted. */
  const attempt = (client: string) => {
    const locked = attempts.lockedFor(client);
    if (locked === 0) attempts.fail(client);
    return locked;
  };
  const fail = (client: string, times: number) => Array.from({ length: times }, () => attempt(client));

  it('lets three attempts through and locks the client out from the fourth on', () => {
    expect(fail('a', 4)).toEqual([0, 0, 0, 300]);
  });

  it('tells the remaining seconds, counted from the third failure and rounded up', () => {
    fail('a', 3);
    clock.advance(1);
    expect(attempt('a')).toBe(300);
    clock.advance(4 * MINUTE);
    expect(attempt('a')).toBe(60);
    clock.advance(MINUTE - 2);
    expect(attempt('a')).toBe(1);
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
    expect(attempt('b')).toBe(0);
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

  it('judges the attempts of a client one after the other, those of others at the same time', async () => {
    const log: string[] = [];
    const judge = (client: string, name: string, result: Promise<void>) =>
      attempts.inTurn(client, async () => {
        log.push(`${name} begins`);
        await result;
        log.push(`${name} ends`);
      });
    const gate = Promise.withResolvers<void>();
    const first = judge('a', 'first', gate.promise);
    const second = judge('a', 'second', Promise.resolve());
    await judge('b', 'other', Promise.resolve());
    expect(log).toEqual(['first begins', 'other begins', 'other ends']);
    gate.reject(new Error('the database is away'));
    await expect(first).rejects.toThrow('the database is away');
    await second;
    expect(log.slice(3)).toEqual(['second begins', 'second ends']);
  });

  it('remembers 10 000 clients and lets the longest idle one go first', () => {
    fail('idle', 3);
    fail('busy', 2);
    for (let index = 0; index < 9_998; index += 1) attempt(`10.0.${index >> 8}.${index & 255}`);
    attempt('busy');
    attempt('one more');
    expect(attempts.size).toBe(10_000);
    expect(attempt('busy')).toBe(300);
    expect(attempt('idle')).toBe(0);
    expect(attempts.size).toBe(10_000);
  });
});
