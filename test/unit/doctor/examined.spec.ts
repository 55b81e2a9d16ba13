import type { Check } from '../../../src/doctor/check';
import { examined } from '../../../src/doctor/examined';
import { ok } from '../../../src/doctor/finding';

const check = (run: Check['run']): Check => ({ id: 'a.b', run });

test('findings are passed on', async () => {
  expect(
    await examined(
      check(() => [ok('Fine.')]),
      1_000,
    ),
  ).toEqual([{ severity: 'ok', message: 'Fine.' }]);
});

test.each([
  [
    'at once',
    () => {
      throw new Error('broken');
    },
  ],
  ['later', () => Promise.reject(new Error('broken'))],
])('a check that fails %s is a finding', async (_when, run) => {
  expect(await examined(check(run), 1_000)).toEqual([
    { severity: 'error', message: 'This could not be found out: broken' },
  ]);
});

test('one that hangs is ended with the time, and told so', async () => {
  let ended = false;
  const run: Check['run'] = (signal) => {
    signal.addEventListener('abort', () => (ended = true));
    return new Promise(() => undefined);
  };
  expect(await examined(check(run), 20)).toEqual([
    { severity: 'error', message: 'This could not be found out within 0.02 seconds.' },
  ]);
  expect(ended).toBe(true);
});

test('one that fails after its time does not bring the process down', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  await examined(
    check(() => promise),
    5,
  );
  reject(new Error('late'));
  await expect(promise).rejects.toThrow('late');
});
