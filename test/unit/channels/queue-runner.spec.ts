import { QueueRunner } from '../../../src/channels/queue/queue-runner';
import { until } from '../../support/until';

interface Row {
  id: string;
}

/** A queue in memory whose rows the test ends one by one. */
function queue(slots: number) {
  const waiting: Row[] = [];
  const running = new Map<string, () => void>();
  const cuts: string[] = [];
  let failures = 0;
  let takes = 0;
  const runner = new QueueRunner<Row>({
    name: 'test',
    slots: () => slots,
    take: async (limit) => {
      takes++;
      if (failures-- > 0) throw new Error('no database');
      return waiting.splice(0, limit);
    },
    handle: (row, cut) =>
      new Promise((resolve, reject) => {
        running.set(row.id, () => {
          running.delete(row.id);
          if (row.id.startsWith('bad')) reject(new Error('no database'));
          else resolve();
        });
        cut.addEventListener('abort', () => {
          cuts.push(row.id);
          running.get(row.id)?.();
        });
      }),
    renew: async () => undefined,
  });
  return {
    runner,
    running,
    cuts,
    put: (...ids: string[]) => {
      waiting.push(...ids.map((id) => ({ id })));
      runner.wake();
    },
    fail: (times: number) => (failures = times),
    waiting,
    takes: () => takes,
  };
}

const never = new AbortController().signal;

describe('working a queue off', () => {
  it('has as many rows on their way as there are places, and takes the next as one ends', async () => {
    const { runner, running, put } = queue(2);
    runner.start();
    put('a', 'b', 'c');
    await until(() => running.size === 2);
    running.get('a')?.();
    await until(() => running.has('c'));
    running.forEach((end) => end());
    await runner.stop(never);
    expect(runner.busy).toBe(0);
  });

  it('goes on after a database that failed, and after a row that did', async () => {
    const { runner, running, put, fail } = queue(1);
    fail(1);
    runner.start();
    put('bad', 'good');
    await until(() => running.has('bad'));
    running.get('bad')?.();
    await until(() => running.has('good'));
    running.get('good')?.();
    await runner.stop(never);
  });

  it('takes nothing while it stops, and waits for what it has', async () => {
    const { runner, running, put, waiting, takes } = queue(2);
    runner.start();
    put('a');
    await until(() => running.has('a'));
    let stopped = false;
    const stopping = runner.stop(never).then(() => (stopped = true));
    const before = takes();
    put('b');
    expect(stopped).toBe(false);
    running.get('a')?.();
    await stopping;
    expect(waiting).toEqual([{ id: 'b' }]);
    expect(takes()).toBe(before);
  });

  it('lets go of everything when its time is over', async () => {
    const { runner, cuts, running, put } = queue(2);
    runner.start();
    put('a', 'b');
    await until(() => running.size === 2);
    await runner.stop(AbortSignal.abort());
    expect(cuts).toEqual(['a', 'b']);
  });
});
