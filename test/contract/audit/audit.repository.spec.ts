import { AuditRepository } from '../../../src/audit/audit.repository';
import type { AuditEntry } from '../../../src/audit/audit.tables';
import { describeEachDatabase } from '../../support/databases';

const entry = (fields: Partial<AuditEntry> = {}): AuditEntry => ({
  at: 1_000,
  type: 'turn',
  owner: 'anna',
  target: null,
  outcome: 'ok',
  door: 'api_chat',
  request_id: null,
  detail: null,
  ...fields,
});

describeEachDatabase('the audit log', (open) => {
  const targets = async (log: AuditRepository, filter = {}, limit = 1_000) =>
    (await log.page(filter, limit)).map(({ target }) => target);

  it('gives entries back unchanged, the newest first, whatever their time says', async () => {
    const log = new AuditRepository(await open());
    const first = entry({ target: 'first', at: 9_000, detail: 'ünïcode "quoted"', request_id: 'r1' });
    await log.add([first, entry({ target: 'second', at: 5 })]);
    await log.add([entry({ target: 'third' })]);

    expect(await targets(log)).toEqual(['third', 'second', 'first']);
    expect((await log.page({}, 3))[2]).toEqual({ ...first, seq: expect.any(Number) });
  });

  it('goes on behind a cursor while new entries come in', async () => {
    const log = new AuditRepository(await open());
    await log.add(['a', 'b', 'c'].map((target) => entry({ target })));
    const [newest] = await log.page({}, 1);
    await log.add([entry({ target: 'd' })]);

    expect(await targets(log, { before: newest?.seq }, 2)).toEqual(['b', 'a']);
  });

  it('filters by owner and by type', async () => {
    const log = new AuditRepository(await open());
    await log.add([
      entry({ target: '1' }),
      entry({ target: '2', owner: 'bob' }),
      entry({ target: '3', type: 'tool' }),
      entry({ target: '4', owner: null, type: 'config.changed' }),
    ]);

    expect(await targets(log, { owner: 'anna' })).toEqual(['3', '1']);
    expect(await targets(log, { type: 'turn' })).toEqual(['2', '1']);
    expect(await targets(log, { type: 'tool', owner: 'bob' })).toEqual([]);
  });

  it('takes more entries at once than a statement has room for, all or none', async () => {
    const log = new AuditRepository(await open());
    await log.add(Array.from({ length: 9_000 }, () => entry()));
    const broken = entry({ outcome: null as unknown as string });
    await expect(log.add([...Array.from({ length: 500 }, () => entry()), broken])).rejects.toThrow();

    expect(await log.page({}, 10_000)).toHaveLength(9_000);
  });

  it('forgets what is old, a batch at a time', async () => {
    const log = new AuditRepository(await open());
    await log.add([...Array.from({ length: 5 }, () => entry({ at: 1 })), entry({ at: 100, target: 'new' })]);

    expect(await log.forget(100, 3)).toBe(3);
    expect(await log.forget(100, 3)).toBe(2);
    expect(await log.forget(100, 3)).toBe(0);
    expect(await targets(log)).toEqual(['new']);
  });
});
