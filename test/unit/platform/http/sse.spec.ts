import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clientSignal } from '../../../../src/platform/http/client-signal';
import { SseStream } from '../../../../src/platform/http/sse';

describe('a stream of server-sent events', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** Both ends of one request. */
  const open = async (): Promise<{ response: ServerResponse; client: Promise<IncomingMessage>; leave: () => void }> => {
    const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    request.on('error', () => undefined);
    const client = once(request, 'response').then(([message]) => message as IncomingMessage);
    client.catch(() => undefined);
    const [, response] = await arrived;
    return { response, client, leave: () => request.destroy() };
  };

  const readAll = async (message: IncomingMessage) => {
    const pieces: string[] = [];
    for await (const piece of message.setEncoding('utf8')) pieces.push(piece as string);
    return pieces;
  };

  it('sends its head before any frame', async () => {
    const { response, client } = await open();
    const stream = new SseStream(response);
    const { headers, statusCode } = await client;
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    stream.end();
  });

  it('writes named and plain frames, those of one tick together', async () => {
    const { response, client } = await open();
    const stream = new SseStream(response);
    const message = await client;
    const writes = jest.spyOn(response, 'write');
    await stream.write('one');
    await stream.write('{"n":2}', 'two');
    await once(message, 'readable');
    expect(writes).toHaveBeenCalledTimes(1);
    void stream.write('three');
    stream.end();
    expect((await readAll(message)).join('')).toBe('data: one\n\nevent: two\ndata: {"n":2}\n\ndata: three\n\n');
    expect(stream.closed).toBe(true);
    expect(stream.write('late')).toBeUndefined();
  });

  it('waits for a slow client and goes on when it reads again', async () => {
    const { response, client } = await open();
    const stream = new SseStream(response);
    const message = await client;
    const frame = 'x'.repeat(64 * 1024);
    let waiting: Promise<void> | undefined;
    for (let frames = 0; !waiting && frames < 1_000; frames++) {
      waiting = stream.write(frame);
      await new Promise(setImmediate);
    }
    expect(waiting).toBeInstanceOf(Promise);
    const reading = readAll(message);
    await waiting;
    expect(stream.closed).toBe(false);
    stream.end();
    expect((await reading).join('')).toContain(frame);
  });

  it('cuts a client that does not read for too long, and says so', async () => {
    const { response, client } = await open();
    const signal = clientSignal(response);
    const stream = new SseStream(response, 50);
    await client;
    while (!stream.closed) {
      await stream.write('x'.repeat(256 * 1024));
      await new Promise(setImmediate);
    }
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });

  it('goes quiet when the client leaves', async () => {
    const { response, client, leave } = await open();
    const signal = clientSignal(response);
    const stream = new SseStream(response);
    await client;
    leave();
    await once(signal, 'abort');
    expect(stream.closed).toBe(true);
    expect(() => {
      void stream.write('x');
      stream.end();
    }).not.toThrow();
  });

  it('takes an answer that was complete for no leaving', async () => {
    const { response, client } = await open();
    const signal = clientSignal(response);
    response.end('done');
    await readAll(await client);
    if (!response.destroyed) await once(response, 'close');
    expect(signal.aborted).toBe(false);
  });
});
