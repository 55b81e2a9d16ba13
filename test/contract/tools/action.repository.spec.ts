import { ActionRepository } from '../../../src/tools/safety/action.repository';
import { describeEachDatabase } from '../../support/databases';

describeEachDatabase('the record of actions', (open) => {
  it('lets no more than the limit pass, however many come at once over several connections', async () => {
    const repositories = [new ActionRepository(await open()), new ActionRepository(await open())];
    const taken = await Promise.all(Array.from({ length: 30 }, (_, n) => repositories[n % 2]?.take(1_000 + n, 0, 10)));
    expect(taken.filter(Boolean)).toHaveLength(10);
    expect((await repositories[0]?.countSince(0))?.count).toBe(10);
  });

  it('slides: what is older than the window makes room and is forgotten', async () => {
    const repository = new ActionRepository(await open());
    expect(await repository.take(100, 0, 2)).toBe(true);
    expect(await repository.take(200, 0, 2)).toBe(true);
    expect(await repository.take(300, 99, 2)).toBe(false);
    expect(await repository.countSince(99)).toEqual({ count: 2, oldest: 100 });
    expect(await repository.take(300, 100, 2)).toBe(true);
    expect(await repository.countSince(0)).toEqual({ count: 2, oldest: 200 });
  });

  it('outlives the process', async () => {
    await new ActionRepository(await open()).take(100, 0, 5);
    const again = new ActionRepository(await open());
    expect(await again.countSince(0)).toEqual({ count: 1, oldest: 100 });
    expect(await again.countSince(100)).toEqual({ count: 0, oldest: undefined });
  });
});
