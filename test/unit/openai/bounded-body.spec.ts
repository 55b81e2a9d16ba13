import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { readBody } from '../../../src/openai/bounded-body';
import type { AppError } from '../../../src/platform/errors/app-error';
import type { GatewayRequest } from '../../../src/platform/http/principal';

const LIMIT = 1_000;

let server: Server;
let client: Socket;

beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Sends a request whose head ends with `rest` and reads its body. */
async function read(rest: string): Promise<Buffer> {
  client.write(`POST / HTTP/1.1\r\nHost: x\r\n${rest}`);
  const [request] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  return readBody(request as GatewayRequest, LIMIT);
}

const refusal = async (body: Promise<Buffer>) => {
  const { status, code, message } = (await body.catch((error: unknown) => error)) as AppError;
  return { status, code, message };
};

describe('the body of a request', () => {
  it('is read whole, in however many pieces it comes', async () => {
    const body = read('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await once(server, 'request');
    client.write('4\r\ndefg\r\n0\r\n\r\n');

    expect((await body).toString()).toBe('abcdefg');
  });

  it('may be empty, and as large as the limit', async () => {
    expect(await read('Content-Length: 0\r\n\r\n')).toHaveLength(0);
    expect(await read(`Content-Length: ${LIMIT}\r\n\r\n${'x'.repeat(LIMIT)}`)).toHaveLength(LIMIT);
  });

  it('is refused before it is sent when it announces too much', async () => {
    const told = await refusal(read('Content-Length: 1001\r\n\r\n'));

    expect(told).toMatchObject({ status: 413, code: 'request.too_large' });
    expect(told.message).toMatch(/1001 .*1000 /);
  });

  it('is refused as soon as it has become too much', async () => {
    const told = await refusal(read(`Transfer-Encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1_001)}\r\n`));

    expect(told).toMatchObject({ status: 413, code: 'request.too_large' });
  });

  it('is refused when the client hangs up in the middle', async () => {
    const told = refusal(read('Content-Length: 10\r\n\r\nabc'));
    await once(server, 'request');
    client.destroy();

    expect(await told).toMatchObject({ status: 400, code: 'request.incomplete' });
  });

  it('is refused when it is compressed', async () => {
    expect(await refusal(read('Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx'))).toMatchObject({
      status: 415,
      code: 'request.unsupported_media_type',
    });
  });
});
