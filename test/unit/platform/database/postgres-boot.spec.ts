import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { KyselyDatabase } from '../../../../src/platform/database/kysely-database';
import { describePostgres } from '../../../support/databases';

const open = (url: string) => KyselyDatabase.open({ dataDir: '', url });

describe('PostgreSQL at boot', () => {
  it('names the server that does not answer, without its password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const refused = open(`postgres://gateway:s3cret@127.0.0.1:${port}/zeroclaw`);
    await expect(refused).rejects.toMatchObject({
      code: 'database.unreachable',
      message: expect.stringMatching(new RegExp(`^PostgreSQL at 127\\.0\\.0\\.1:${port}/zeroclaw .*ECONNREFUSED`)),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') });
  });

  it('says that an address is none, without showing it', async () => {
    await expect(open('postgres://user:s3cret@[/x')).rejects.toMatchObject({
      code: 'database.bad_url',
      message: expect.not.stringContaining('s3cret'),
    });
  });
});

describePostgres('a database that is', (openHere, { options }) => {
  it('newer than the gateway is refused', async () => {
    const database = await openHere();
    await sql`insert into kysely_migration values ('9999-from-the-future', '2030-01-01')`.execute(database.tables());
    await expect(openHere()).rejects.toMatchObject({ code: 'database.newer_schema' });
  });

  it('reached by a search_path to nowhere is refused', async () => {
    const url = new URL(options().url ?? '');
    url.searchParams.set('options', '-c search_path=no_such_schema');
    await expect(open(url.href)).rejects.toMatchObject({ code: 'database.no_schema' });
  });

  it('cut off while idle and inside a transaction fails what ran and serves what comes next', async () => {
    const [database, admin] = [await openHere(), await openHere()];
    const db = database.tables<{ sessions: { owner: string } }>();
    const cutAll = () =>
      sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'zeroclaw-gateway' and pid <> pg_backend_pid() and pid in (${sql.raw(pids.join(', '))})`.execute(
        admin.tables(),
      );
    const pids: number[] = [];
    const notePid = async (connection: typeof db) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(connection);
      pids.push(...rows.map(({ pid }) => pid));
    };
    await notePid(db);
    const inside = db.transaction().execute(async (transaction) => {
      await notePid(transaction);
      await cutAll();
      await transaction.selectFrom('sessions').selectAll().execute();
    });
    await expect(inside).rejects.toThrow();
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
  });
});
