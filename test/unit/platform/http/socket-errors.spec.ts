import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerSocketErrors } from '../../../../src/platform/http/socket-errors';
import { exchange } from '../../../support/raw-http';

let server: Server;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer({ requestTimeout: 50, headersTimeout: 50, connectionsCheckingInterval: 20 }, listener);
  answerSocketErrors(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test.each([
  ['a head that never ends', 'GET / HTTP/1.1\r\nHost: x\r\n'],
  ['a body that never comes', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'],
])('%s is answered with 408 and the connection ends', async (_case, bytes) => {
  const url = await serve((request) => void request.resume());
  const answer = await exchange(url, bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(answer).toContain('"code":"request.timeout"');
});

test('the handler of a stalled body learns that its client is gone', async () => {
  const closed = Promise.withResolvers<boolean>();
  const url = await serve((request) => request.resume().on('close', () => closed.resolve(request.complete)));
  await exchange(url, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
  expect(await closed.promise).toBe(false);
});
