import { CircuitBreaker } from '../../../src/providers/circuit-breaker';
import { TestClock } from '../../support/test-clock';

describe('CircuitBreaker', () => {
  const clock = new TestClock();
  let states: string[];
  let limits: { threshold: number; cooldownMs: number };
  let breaker: CircuitBreaker;

  beforeEach(() => {
    states = [];
    limits = { threshold: 3, cooldownMs: 10_000 };
    breaker = new CircuitBreaker(
      'acme',
      () => limits,
      () => clock.now(),
      (state) => states.push(state),
    );
  });

  const fail = (times: number) => {
    for (let count = 0; count < times; count++) {
      breaker.enter();
      breaker.failed('server');
    }
  };

  it('opens after failures in a row and says when to come back', () => {
    fail(3);
    expect(states).toEqual(['open']);
    clock.advance(4000);
    expect(() => breaker.enter()).toThrow(
      expect.objectContaining({
        kind: 'circuit_open',
        status: 503,
        options: expect.objectContaining({ retryAfter: 6 }),
      }),
    );
  });

  it('starts counting anew after a success', () => {
    fail(2);
    breaker.enter();
    breaker.completed();
    fail(2);
    expect(states).toEqual([]);
  });

  it.each(['auth', 'quota', 'invalid_request', 'not_found', 'context_length', 'rate_limit', 'malformed'] as const)(
    'does not count %s, which says nothing about the host',
    (kind) => {
      for (let count = 0; count < 10; count++) {
        breaker.enter();
        breaker.failed(kind);
      }
      expect(states).toEqual([]);
    },
  );

  it('lets one call through after the cool-down, and the others only when it is answered', () => {
    fail(3);
    clock.advance(10_001);
    breaker.enter();
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ kind: 'circuit_open' }));
    breaker.answered();
    breaker.enter();
    expect(states).toEqual(['open', 'half_open', 'closed']);
  });

  it('opens again at once when the trial fails', () => {
    fail(3);
    clock.advance(10_001);
    fail(1);
    expect(states).toEqual(['open', 'half_open', 'open']);
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ kind: 'circuit_open' }));
  });

  it('tries again with the next call when the caller of the trial left', () => {
    fail(3);
    clock.advance(10_001);
    breaker.enter();
    breaker.abandoned();
    expect(() => breaker.enter()).not.toThrow();
  });

  it('never opens with a threshold of 0, and closes when that is set later', () => {
    fail(3);
    limits = { threshold: 0, cooldownMs: 10_000 };
    fail(20);
    expect(states).toEqual(['open', 'closed']);
  });
});
