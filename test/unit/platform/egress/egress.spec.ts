import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { Egress, type EgressRequest } from '../../../../src/platform/egress/egress';
import { EgressConfig } from '../../../../src/platform/egress/egress.config';
import { EgressError, egressFailure } from '../../../../src/platform/egress/egress-error';
import { patient } from '../../../support/models';
import { tempDir } from '../../../support/temp-dir';
import { until } from '../../../support/until';
import { startRawUpstream, type RawHandler, type RawUpstream } from '../../../support/upstream';

const opened: (Server | TcpServer)[] = [];

const listening = async (server: Server | TcpServer): Promise<string> => {
  opened.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('Egress', () => {
  let handler: RawHandler;
  let upstream: RawUpstream;
  let egress: Egress;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    upstream = await startRawUpstream((...call) => handler(...call));
    dir = await tempDir();
    const env = {};
    egress = new Egress(await loadConfig({ sections: [EgressConfig], configDir: dir.path, env }));
  });
  afterEach(async () => {
    for (const server of opened.splice(0)) server.close();
    await egress.onApplicationShutdown();
    await upstream.stop();
    await dir.remove();
  });

  const request = (more: Partial<EgressRequest> = {}) =>
    egress.request({
      origin: upstream.url,
      path: '/x?y=1',
      method: 'POST',
      headers: { 'x-test': '1' },
      body: 'hello',
      signal: patient(),
      answerTimeout: 5000,
      idleTimeout: 5000,
      ...more,
    });

  it('says that there is no way out when the environment names a proxy that is none', async () => {
    const { HTTPS_PROXY: before } = process.env;
    process.env['HTTPS_PROXY'] = 'not an address';
    try {
      await expect(request()).rejects.toBeInstanceOf(EgressError);
      const gone = AbortSignal.abort(new Error('the client has left'));
      await expect(request({ signal: gone })).rejects.toThrow('the client has left');
    } finally {
      if (before === undefined) delete process.env['HTTPS_PROXY'];
      else process.env['HTTPS_PROXY'] = before;
    }
  });

  it('hands over any status with an unread body', async () => {
    handler = (response, { headers }, body) => void response.writeHead(418).end(`${body} ${String(headers['x-test'])}`);
    const { statusCode, body } = await request();
    expect(statusCode).toBe(418);
    expect(await body.text()).toBe('hello 1');
    expect(upstream.requests[0]?.path).toBe('/x?y=1');
  });

  it.each([70_000, 1_000_000])(
    'hands over all of a body of which much came before anybody read it: %i',
    async (size) => {
      handler = (response) => void response.end('x'.repeat(size));
      const held = async () => {
        const { body } = await request();
        await until(() => body.received > 65_536);
        return body;
      };
      expect(await (await held()).text()).toHaveLength(size);
      let received = 0;
      await (await held()).read((chunk) => (received += chunk.length));
      expect(received).toBe(size);
    },
  );

  it('opens no more connections than calls that run at the same time', async () => {
    handler = (response) => void response.end('ok');
    const round = () => Promise.all(Array.from({ length: 8 }, async () => (await request()).body.text()));
    for (let count = 0; count < 5; count++) {
      await round();
      // A socket is free again one turn of the event loop after its answer.
      await new Promise(setImmediate);
    }
    expect(upstream.sockets).toBeLessThanOrEqual(8);
  });

  it('closes its connections at shutdown, running calls included', async () => {
    handler = (response) => void response.writeHead(200).write('x');
    const { body } = await request();
    const closed = [...upstream.open].map((socket) => once(socket, 'close'));
    await egress.onApplicationShutdown();
    await expect(body.text()).rejects.toThrow();
    await Promise.all(closed);
  });

  describe('names why there is no answer:', () => {
    const failure = (more: Partial<EgressRequest>) =>
      request(more).then(
        () => 'an answer',
        (error: unknown) => (error instanceof EgressError ? error.failure : error),
      );

    it('a name that does not resolve', async () => {
      expect(await failure({ origin: 'http://nowhere.invalid' })).toBe('dns');
    });

    it('a port where nothing listens', async () => {
      const server = createServer();
      const address = await listening(server);
      server.close();
      await once(server, 'close');
      expect(await failure({ origin: `http://${address}` })).toBe('refused');
    });

    it('a host that hangs up', async () => {
      handler = (_response, incoming) => void incoming.socket.destroy();
      expect(await failure({})).toBe('reset');
    });

    it('a host that does not speak TLS, and one that does not speak HTTP', async () => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined).on('data', () => socket.write('what?\r\n\r\n'));
      });
      const address = await listening(server);
      expect(await failure({ origin: `https://${address}` })).toBe('tls');
      expect(await failure({ origin: `http://${address}` })).toBe('protocol');
    });

    it('a host without a certificate that both sides accept', async () => {
      const server = createTlsServer(() => undefined);
      server.on('tlsClientError', () => undefined);
      const address = await listening(server);
      expect(await failure({ origin: `https://${address}` })).toBe('tls');
    });

    it('a host that does not answer in time', async () => {
      handler = () => {};
      expect(await failure({ answerTimeout: 100 })).toBe('answer_timeout');
    });

    it('a body that stops', async () => {
      handler = (response) => void response.writeHead(200).write('x');
      const { body } = await request({ idleTimeout: 100 });
      expect(egressFailure(await body.text().catch((error: unknown) => error))).toBe('idle_timeout');
    });

    it('the reason of the caller, who had enough', async () => {
      handler = () => {};
      const reason = new Error('enough');
      expect(await failure({ signal: AbortSignal.abort(reason) })).toBe(reason);
    });
  });
});
