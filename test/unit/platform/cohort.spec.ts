import { AsyncLocalStorage } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { inCohort } from '../../../src/platform/cohort';

test('nothing runs at once, and all that was asked for runs in order', async () => {
  const ran: number[] = [];
  for (const number of [1, 2, 3]) inCohort(() => ran.push(number));
  expect(ran).toEqual([]);
  await turn();
  expect(ran).toEqual([1, 2, 3]);
});

test('what arrived together takes each step side by side', async () => {
  const steps: string[] = [];
  const walk = async (name: string): Promise<void> => {
    for (const step of ['read', 'checked', 'answered']) {
      steps.push(`${name} ${step}`);
      await Promise.resolve();
    }
  };
  for (const name of ['a', 'b']) inCohort(() => void walk(name));
  await turn();
  expect(steps).toEqual(['a read', 'b read', 'a checked', 'b checked', 'a answered', 'b answered']);
});

test('what is asked for from within waits for the next turn', async () => {
  const ran: string[] = [];
  inCohort(() => {
    inCohort(() => ran.push('within'));
    ran.push('first');
  });
  inCohort(() => ran.push('second'));
  await turn();
  await turn();
  expect(ran).toEqual(['first', 'second', 'within']);
});

test('one that throws takes no other with it, and is an error that nobody caught', () => {
  const program = `
    const { inCohort } = require('./src/platform/cohort.ts');
    process.on('uncaughtException', (error) => console.log(error.message));
    inCohort(() => console.log('before'));
    inCohort(() => { throw new Error('broken'); });
    inCohort(() => console.log('after'));
  `;
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '-e', program], { encoding: 'utf8' });
  expect(stdout).toBe('before\nafter\nbroken\n');
});

test('an async context that is entered inside is that of its own work alone', async () => {
  const ids = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const work = (id: string) =>
    inCohort(() =>
      ids.run(id, () => {
        seen.push(ids.getStore());
        void Promise.resolve().then(() => seen.push(ids.getStore()));
      }),
    );
  work('one');
  work('two');
  await turn();
  expect(seen).toEqual(['one', 'two', 'one', 'two']);
});
