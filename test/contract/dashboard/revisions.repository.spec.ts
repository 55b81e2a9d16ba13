import { RevisionsRepository } from '../../../src/dashboard/config/revisions.repository';
import type { Revision } from '../../../src/dashboard/config/revision.tables';
import { describeEachDatabase } from '../../support/databases';

const revision = (fields: Partial<Revision> = {}): Revision => ({
  at: 1_000,
  source: 'api',
  made_by: 'anna',
  note: null,
  changed: '["gateway.port"]',
  content: '# ünïcode "quoted"\n',
  ...fields,
});

describeEachDatabase('the history of config.toml', (open) => {
  it('gives revisions back unchanged, the newest first, whatever their time says', async () => {
    const history = new RevisionsRepository(await open());
    const first = await history.add(revision({ at: 1_900_000_000_000 }));
    const second = await history.add(revision({ at: 5, made_by: null, note: 'rollback to 1' }));

    expect(second).toBeGreaterThan(first);
    expect(await history.page(10)).toEqual([
      { ...revision({ at: 5, made_by: null, note: 'rollback to 1' }), seq: second },
      { ...revision({ at: 1_900_000_000_000 }), seq: first },
    ]);
    expect(await history.newest()).toEqual(expect.objectContaining({ seq: second }));
    expect(await history.get(first)).toEqual(expect.objectContaining({ seq: first }));
    expect(await history.get(second + 1)).toBeUndefined();
    expect(await history.page(10, second)).toHaveLength(1);
  });

  it('keeps the newest ones, and never gives out an id again', async () => {
    const history = new RevisionsRepository(await open());
    const ids: number[] = [];
    for (let count = 0; count < 5; count++) ids.push(await history.add(revision()));

    await history.trim(9);
    expect(await history.page(10)).toHaveLength(5);
    await history.trim(2);
    expect((await history.page(10)).map(({ seq }) => seq)).toEqual(ids.slice(-2).toReversed());
    await history.trim(0);
    expect(await history.newest()).toBeUndefined();
    expect(await history.add(revision())).toBeGreaterThan(ids.at(-1) ?? 0);
  });
});
