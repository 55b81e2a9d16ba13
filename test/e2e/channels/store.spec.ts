import { sql } from 'kysely';
import { startChannelGateway } from '../../support/channel-gateway';
import { Database } from '../../../src/platform/database/database';
import { until } from '../../support/until';

it('asks the platform to come again while the database cannot write, and loses nothing', async () => {
  const app = await startChannelGateway();
  const tables = app.gateway.get(Database).tables();
  // What a full or read-only disk does to writers.
  await sql`pragma query_only = on`.execute(tables);
  const refused = await app.deliver([{ id: '1' }]);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ code: 'channel.store' });
  expect((await fetch(`${app.gateway.url}/health/live`)).status).toBe(200);

  await sql`pragma query_only = off`.execute(tables);
  expect((await app.deliver([{ id: '1' }])).status).toBe(200);
  await until(() => app.said().length === 1);
  await app.stop();
});
