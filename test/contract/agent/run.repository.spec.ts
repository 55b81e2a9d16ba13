import type { RunQuery } from '../../../src/agent/runs/run.repository';
import { RunRepository, rowOf, runOf } from '../../../src/agent/runs/run.repository';
import type { Run } from '../../../src/agent/runs/run';
import { describeEachDatabase } from '../../support/databases';

const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  door: 'session',
  owner: 'anna',
  sessionId: 'trip',
  status: 'completed',
  startedAt: 1_000,
  finishedAt: 2_000,
  model: 'echo/echo',
  usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: 1 },
  lastSeq: 5,
  ...more,
});
const running = (id: string, more: Partial<Run> = {}): Run =>
  run(id, { status: 'running', finishedAt: undefined, model: undefined, usage: undefined, ...more });
const everything = { owner: undefined, sessionId: undefined, status: undefined, before: undefined };

describeEachDatabase('the run repository', (open) => {
  const here = { instance: 'here', until: 10_000 };
  const there = { instance: 'there', until: 5_000 };
  const ids = async (repository: RunRepository, query: Partial<RunQuery>, limit = 10) =>
    (await repository.list({ ...everything, ...query }, limit)).map(({ id }) => id);

  it('gives a run back as it was written, and as it was written last', async () => {
    const repository = new RunRepository(await open());
    await repository.save([rowOf(running('a'), here)]);
    expect(runOf((await repository.find('a')) ?? never(), 9_999)).toEqual(running('a'));
    const failed = run('a', { status: 'failed', error: { code: 'x', message: 'y' } });
    await repository.save([rowOf(failed, undefined), rowOf(run('b'), undefined)]);
    expect(runOf((await repository.find('a')) ?? never(), 0)).toEqual(failed);
    expect(runOf((await repository.find('b')) ?? never(), 0)).toEqual(run('b'));
    expect(await repository.find('c')).toBeUndefined();
  });

  it('writes more rows at once than a statement takes', async () => {
    const repository = new RunRepository(await open());
    await repository.save(Array.from({ length: 2_500 }, (_, index) => rowOf(run(`r${index}`), undefined)));
    expect(await ids(repository, {}, 3_000)).toHaveLength(2_500);
  });

  it('lists the newest first, page by page, by owner, session and status', async () => {
    const repository = new RunRepository(await open());
    const rows = [
      run('a', { startedAt: 1 }),
      run('b', { startedAt: 2, sessionId: undefined }),
      run('c', { startedAt: 2, owner: 'bob' }),
      run('d', { startedAt: 3, status: 'failed' }),
    ];
    await repository.save(rows.map((one) => rowOf(one, undefined)));
    expect(await ids(repository, {})).toEqual(['d', 'c', 'b', 'a']);
    expect(await ids(repository, { before: 'd' }, 1)).toEqual(['c']);
    expect(await ids(repository, { before: 'c' })).toEqual(['b', 'a']);
    expect(await ids(repository, { owner: 'anna' })).toEqual(['d', 'b', 'a']);
    expect(await ids(repository, { sessionId: 'trip', status: 'completed' })).toEqual(['c', 'a']);
  });

  it('interrupts the runs of a process that is silent for too long, and no others', async () => {
    const repository = new RunRepository(await open());
    await repository.save([
      rowOf(running('mine'), here),
      rowOf(running('theirs'), there),
      rowOf(run('over'), undefined),
    ]);
    expect(runOf((await repository.find('theirs')) ?? never(), 5_000)).toMatchObject({ status: 'interrupted' });
    await repository.renew({ ...here, until: 20_000 });
    expect(await repository.interruptAbandoned(10_000)).toBe(1);
    expect(await ids(repository, { status: 'interrupted' })).toEqual(['theirs']);
    expect(await ids(repository, { status: 'running' })).toEqual(['mine']);
    await repository.abandonOthers('a new one');
    expect(await repository.interruptAbandoned(1)).toBe(1);
  });

  it('hands a promised turn of a dead process to one other, and at the most twice', async () => {
    const database = await open();
    const repository = new RunRepository(database);
    await repository.add({ ...rowOf(running('promised'), there), request: '{"a":1}' });
    const takers = [0, 1, 2].map((index) => ({ instance: `taker ${index}`, until: 7_000 }));
    expect(await repository.takeOver(4_999, here)).toEqual([]);
    const taken = await Promise.all(takers.map((taker) => repository.takeOver(5_000, taker)));
    expect(taken.flat()).toMatchObject([{ id: 'promised', request: '{"a":1}', tries: 2 }]);
    expect(await repository.interruptAbandoned(7_000)).toBe(0);
    expect(await repository.takeOver(7_000, here)).toMatchObject([{ tries: 3 }]);
    expect(await repository.takeOver(10_000, there)).toEqual([]);
    expect(await repository.interruptAbandoned(10_000)).toBe(1);
  });

  it('forgets the words of a promised turn when it has ended', async () => {
    const repository = new RunRepository(await open());
    await repository.add({ ...rowOf(running('promised'), here), request: '{"secret":1}' });
    await repository.save([rowOf(run('promised'), undefined)]);
    expect(await repository.find('promised')).toMatchObject({ request: null, status: 'completed' });
  });

  it('forgets old runs in batches, running ones never', async () => {
    const repository = new RunRepository(await open());
    const old = ['a', 'b', 'c'].map((id) => rowOf(run(id), undefined));
    await repository.save([...old, rowOf(running('d'), here), rowOf(run('e', { startedAt: 9_000 }), undefined)]);
    expect(await repository.forget(5_000, 2)).toBe(2);
    expect(await repository.forget(5_000, 2)).toBe(1);
    expect(await ids(repository, {})).toEqual(['e', 'd']);
  });
});

function never(): never {
  throw new Error('there is no such run');
}
