import { SlidingWindows } from '../../../../src/platform/http/sliding-window';

const seconds = (n: number) => n * 1000;

test('the limit holds in every window of a minute, not only in calendar minutes', () => {
  const windows = new SlidingWindows(10);
  const accepted: number[] = [];
  for (let ms = 0; ms < seconds(600); ms += 700) if (windows.hit('a', ms, 7).allowed) accepted.push(ms);
  for (const start of accepted) {
    expect(accepted.filter((ms) => ms >= start && ms < start + seconds(60)).length).toBeLessThanOrEqual(7);
  }
  // Within a second of what an exact log of time stamps would let through.
  expect(accepted.length).toBeGreaterThanOrEqual(7 * 9);
});

test('a refusal says exactly when the next hit is allowed', () => {
  const windows = new SlidingWindows(10);
  windows.hit('a', seconds(100), 2);
  windows.hit('a', seconds(130), 2);
  const refused = windows.hit('a', seconds(140), 2);
  expect(refused).toMatchObject({ allowed: false, hits: 2, retrySeconds: 21, resetSeconds: 51 });
  expect(windows.hit('a', seconds(140 + 20), 2).allowed).toBe(false);
  expect(windows.hit('a', seconds(140 + 21), 2).allowed).toBe(true);
});

test('refused hits are not counted, so a client that keeps trying recovers', () => {
  const windows = new SlidingWindows(10);
  windows.hit('a', 0, 1);
  for (let s = 1; s <= 60; s++) expect(windows.hit('a', seconds(s), 1).allowed).toBe(false);
  expect(windows.hit('a', seconds(61), 1).allowed).toBe(true);
});

test('clients do not share a budget, and the least recently active one makes room', () => {
  const windows = new SlidingWindows(2);
  windows.hit('a', 0, 1);
  windows.hit('b', 0, 1);
  expect(windows.hit('a', 0, 1).allowed).toBe(false);
  windows.hit('c', 0, 1);
  expect(windows.size).toBe(2);
  expect(windows.hit('a', 0, 1).allowed).toBe(false);
  expect(windows.hit('b', 0, 1).allowed).toBe(true);
});

test('a clock that steps back neither throws nor frees a budget', () => {
  const windows = new SlidingWindows(2);
  windows.hit('a', seconds(1000), 1);
  expect(windows.hit('a', seconds(900), 1).allowed).toBe(false);
});

test('a client that was away for long starts afresh', () => {
  const windows = new SlidingWindows(2);
  for (let i = 0; i < 5; i++) windows.hit('a', 0, 5);
  expect(windows.hit('a', seconds(1e6), 5)).toMatchObject({ allowed: true, hits: 1 });
});
