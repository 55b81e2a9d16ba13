import { sql } from 'kysely';
import { migrations } from '../../../src/platform/database/migrations';
import { describeEachDatabase } from '../../support/databases';

interface Tables {
  sessions: { owner: string; id: string; created_at: number; updated_at: number };
  session_messages: { seq: number };
}

const session = (id: string) => ({ owner: 'alice', id, created_at: 1_790_000_000_123, updated_at: 1 });

describeEachDatabase('Database', (open) => {
  it('keeps rows over close and reopen, with times as numbers', async () => {
    const first = await open();
    await first.tables<Tables>().insertInto('sessions').values(session('one')).execute();
    await first.close();

    const again = (await open()).tables<Tables>();
    expect(await again.selectFrom('sessions').selectAll().execute()).toEqual([session('one')]);
    const { count } = await again
      .selectFrom('sessions')
      .select((query) => query.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(1);
  });

  it('rolls a failed transaction back whole', async () => {
    const db = (await open()).tables<Tables>();
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto('sessions').values(session('one')).execute();
      await trx.insertInto('sessions').values(session('one')).execute();
    });
    await expect(failing).rejects.toThrow(/unique/i);
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
  });

  it('keeps what others write at the same time out of a transaction that fails', async () => {
    const db = (await open()).tables<Tables>();
    const inside = Promise.withResolvers<void>();
    const outside = Promise.withResolvers<void>();
    const failing = db.transaction().execute(async (trx) => {
      await trx.insertInto('sessions').values(session('mine')).execute();
      inside.resolve();
      await outside.promise;
      throw new Error('changed my mind');
    });
    await inside.promise;
    const other = db.insertInto('sessions').values(session('other')).execute();
    setImmediate(() => outside.resolve());
    await expect(failing).rejects.toThrow('changed my mind');
    await other;
    expect(await db.selectFrom('sessions').select('id').execute()).toEqual([{ id: 'other' }]);
  });

  it('takes turns between transactions that read and then write', async () => {
    const db = (await open()).tables<Tables>();
    const other = (await open()).tables<Tables>();
    await db.insertInto('sessions').values(session('counter')).execute();
    const countUp = (connection: typeof db) =>
      connection.transaction().execute(async (trx) => {
        const lock = trx.updateTable('sessions').set({ created_at: 0 }).where('id', '=', 'counter');
        await lock.execute();
        const { updated_at } = await trx.selectFrom('sessions').select('updated_at').executeTakeFirstOrThrow();
        await trx
          .updateTable('sessions')
          .set({ updated_at: updated_at + 1 })
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, (_, index) => countUp(index % 2 ? db : other)));
    const { updated_at } = await db.selectFrom('sessions').select('updated_at').executeTakeFirstOrThrow();
    expect(updated_at).toBe(21);
  });

  it('opens for several at once on an empty place', async () => {
    const [database] = await Promise.all([open(), open(), open(), open()]);
    const names = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
      database.tables<unknown>(),
    );
    expect(names.rows.map((row) => row.name)).toEqual(Object.keys(migrations(database.dialect)));
  });
});
