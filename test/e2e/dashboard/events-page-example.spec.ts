import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startGateway } from '../../support/gateway';
import { until } from '../../support/until';

type Listen = (token: string, onEvent: (event: { type: string }) => void) => Promise<void>;

test('the example of docs/events.md listens, comes back without a gap and stops when its token is revoked', async () => {
  const text = await readFile(resolve(__dirname, '../../../docs/events.md'), 'utf8');
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
  const gateway = await startGateway({ toml: 'default_provider = "echo"\n' });
  const token = await gateway.pair();
  const connections: AbortController[] = [];
  const fetchHere = (path: string, init: RequestInit) => {
    const connection = new AbortController();
    connections.push(connection);
    return fetch(gateway.url + path, { ...init, signal: connection.signal });
  };
  const listen = new Function('fetch', `${code.replace('2000', '20')}\nreturn listen;`)(fetchHere) as Listen;
  const seen: string[] = [];
  const listening = listen(token, ({ type }) => seen.push(type));
  const say = () => gateway.fetch('/webhook', { json: { message: 'hi' } });
  const ends = () => seen.filter((type) => type === 'agent_end').length;

  await until(async () => {
    await say();
    return ends() > 0;
  });
  const before = ends();
  connections[0]?.abort();
  await say();
  await until(() => connections.length === 2 && ends() > before);
  expect(seen).not.toContain('gap');

  const { devices } = (await (await gateway.fetch('/api/pairing/devices', { token })).json()) as {
    devices: { id: string; is_current?: boolean }[];
  };
  await Promise.all(devices.map(({ id }) => gateway.fetch(`/api/pairing/devices/${id}`, { method: 'DELETE', token })));
  await listening;
  await gateway.stop();
});
