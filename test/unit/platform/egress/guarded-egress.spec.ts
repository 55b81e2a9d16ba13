import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { EgressError } from '../../../../src/platform/egress/egress-error';
import { EgressRefusal } from '../../../../src/platform/egress/egress-refusal';
import type { GuardedAnswer, GuardedRequest } from '../../../../src/platform/egress/guarded-request';
import { HostResolver } from '../../../../src/platform/egress/host-resolver';
import { type GuardUnderTest, startGuard } from '../../../support/guarded-egress';
import { patient } from '../../../support/models';
import { until } from '../../../support/until';
import { startWebSite, type WebHandler, type WebSite } from '../../../support/web-site';

const sites: WebSite[] = [];
const startSite = async (handler: WebHandler, address?: string, port?: number) => {
  const site = await startWebSite(handler, address, port);
  sites.push(site);
  return site;
};

describe('GuardedEgress', () => {
  let guard: GuardUnderTest;

  const start = async (toml = '[security.url_access]\nallow_loopback = true\n') => (guard = await startGuard(toml));

  afterEach(async () => {
    for (const site of sites.splice(0)) await site.stop();
    await guard.stop();
  });

  const request = (url: string, more: Partial<GuardedRequest> = {}): Promise<GuardedAnswer> =>
    guard.egress.request({
      purpose: 'test',
      url,
      method: 'GET',
      headers: {},
      signal: patient(),
      timeout: 10_000,
      maxBytes: 100_000,
      maxRedirects: 5,
      ...more,
    });

  /** How a call failed: the reason of a refusal, the kind of a failure, else the error itself. */
  const failure = (url: string, more: Partial<GuardedRequest> = {}): Promise<unknown> =>
    request(url, more).then(
      () => 'an answer',
      (error: unknown) => {
        if (error instanceof EgressRefusal) return error.reason;
        return error instanceof EgressError ? error.failure : error;
      },
    );

  describe('hands over', () => {
    it('an answer of any status, from a host with a name', async () => {
      await start();
      const site = await startSite(
        (_request, response, body) => void response.writeHead(418, { 'x-a': 'b' }).end(`got ${body}`),
      );
      guard.hosts.set('site.example', ['127.0.0.1']);

      const answer = await request(`http://site.example:${site.port}/p?q=1#part`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: 'hello',
      });

      expect(answer).toMatchObject({ status: 418, cut: false, headers: { 'x-a': 'b' } });
      expect(answer.body.toString()).toBe('got hello');
      expect(site.asked).toMatchObject([
        {
          method: 'POST',
          path: '/p?q=1',
          body: 'hello',
          headers: { host: `site.example:${site.port}`, 'content-type': 'text/plain' },
        },
      ]);
      expect(guard.finished).toMatchObject([{ purpose: 'test', outcome: 'answered' }]);
    });

    it('headers that came several times as one', async () => {
      await start();
      const site = await startSite((_request, response) => {
        response
          .writeHead(200, ['content-type', 'text/html', 'Content-Type', 'text/plain', 'x-a', '1', 'x-a', '2'])
          .end();
      });
      const { headers } = await request(`http://127.0.0.1:${site.port}/`);
      expect(headers).toMatchObject({ 'content-type': 'text/html, text/plain', 'x-a': '1, 2' });
    });

    it('answers without a body', async () => {
      await start();
      const site = await startSite(
        (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(),
      );
      const answer = await request(`http://127.0.0.1:${site.port}/`, { method: 'HEAD' });
      expect(answer.body).toHaveLength(0);
    });

    it('and keeps no connection afterwards', async () => {
      await start();
      const site = await startSite((_request, response) => void response.end('ok'));
      await request(`http://127.0.0.1:${site.port}/`);
      await request(`http://127.0.0.1:${site.port}/`);
      expect(site.connections).toBe(2);
      await until(() => site.open === 0);
    });

    it('what the name of the certificate is asked for', async () => {
      await start();
      const names: string[] = [];
      const server = createTlsServer({
        SNICallback: (name, done) => {
          names.push(name);
          done(new Error('no certificate'));
        },
      });
      server.on('tlsClientError', () => undefined);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      guard.hosts.set('secure.example', ['127.0.0.1']);
      await failure(`https://secure.example.:${(server.address() as AddressInfo).port}/`);
      server.close();
      expect(names).toEqual(['secure.example']);
    });
  });

  describe('against names that change', () => {
    const two = async (handler: WebHandler = (_request, response) => void response.end('public')) => {
      await start('[security.url_access]\nallow_cidrs = ["127.0.0.2"]\n');
      const open = await startSite(handler, '127.0.0.2');
      const secret = await startSite((_request, response) => void response.end('secret'), '127.0.0.1', open.port);
      return { open, secret };
    };

    it('looks a host up once and connects to what was checked', async () => {
      const { open, secret } = await two();
      guard.hosts.set('rebind.example', ['127.0.0.2'], ['127.0.0.1']);
      const answer = await request(`http://rebind.example:${open.port}/`);
      expect(answer.body.toString()).toBe('public');
      expect(guard.hosts.asked).toEqual(['rebind.example']);
      expect(secret.connections).toBe(0);
    });

    it('refuses the host as soon as it leads inside, without a connection', async () => {
      const { open, secret } = await two();
      guard.hosts.set('rebind.example', ['127.0.0.2'], ['127.0.0.1']);
      await request(`http://rebind.example:${open.port}/`);
      expect(await failure(`http://rebind.example:${open.port}/`)).toBe('loopback');
      expect(secret.connections).toBe(0);
      expect(guard.finished.at(-1)).toMatchObject({ outcome: 'refused', reason: 'loopback' });
    });

    it('checks the host of every redirect, also the same host again', async () => {
      const { open, secret } = await two(
        (_request, response) => void response.writeHead(302, { location: '/again' }).end(),
      );
      guard.hosts.set('rebind.example', ['127.0.0.2'], ['127.0.0.1']);
      expect(await failure(`http://rebind.example:${open.port}/`)).toBe('loopback');
      expect(guard.hosts.asked).toHaveLength(2);
      expect(secret.connections).toBe(0);
    });

    it('connects to the checked ones among several addresses', async () => {
      const { open, secret } = await two();
      guard.hosts.set('mixed.example', ['127.0.0.1', '::1', '127.0.0.2', '::ffff:127.0.0.1']);
      expect((await request(`http://mixed.example:${open.port}/`)).body.toString()).toBe('public');
      expect(secret.connections).toBe(0);
    });

    it.each([[['127.0.0.1']], [['10.0.0.1', 'fd00::1']], [['::ffff:127.0.0.1']], [['64:ff9b::7f00:1']]])(
      'refuses a name of %j',
      async (addresses) => {
        const { open, secret } = await two();
        guard.hosts.set('inside.example', addresses);
        expect(await failure(`http://inside.example:${open.port}/`)).toEqual(
          expect.stringMatching(/loopback|private|tunnelled/),
        );
        expect(secret.connections).toBe(0);
      },
    );

    it('takes over a changed policy with the next call', async () => {
      const { open } = await two();
      guard.hosts.set('site.example', ['127.0.0.2']);
      await request(`http://site.example:${open.port}/`);
      await guard.reconfigure('[security.url_access]\ndomain_blocklist = ["site.example"]\n');
      expect(await failure(`http://site.example:${open.port}/`)).toBe('blocked_domain');
    });
  });

  describe('on redirects', () => {
    const redirecting =
      (locations: Record<string, [number, string]>): WebHandler =>
      (incoming, response) => {
        const [status, location] = locations[incoming.url ?? ''] ?? [200, undefined];
        response.writeHead(status, location === undefined ? {} : { location }).end(`at ${incoming.url}`);
      };

    it('follows them to the end', async () => {
      await start();
      const site = await startSite(redirecting({ '/a': [301, '/b'], '/b': [308, 'c?x=1'] }));
      const answer = await request(`http://127.0.0.1:${site.port}/a`);
      expect(answer.url.pathname).toBe('/c');
      expect(answer.body.toString()).toBe('at /c?x=1');
      expect(guard.finished).toHaveLength(1);
    });

    it.each([
      ['http://10.0.0.1/', 'private'],
      ['http://169.254.169.254/latest/', 'metadata'],
      ['http://[::ffff:127.0.0.1]/', 'tunnelled'],
      ['//inside.corp/', 'internal_name'],
      ['file:///etc/passwd', 'scheme'],
      ['http://u:p@site.example/', 'userinfo'],
      ['http://', 'malformed'],
    ])('refuses one to %s', async (location, reason) => {
      await start();
      const site = await startSite(redirecting({ '/': [302, location] }));
      expect(await failure(`http://127.0.0.1:${site.port}/`)).toBe(reason);
    });

    it('holds the lists of the caller against every one', async () => {
      await start();
      const site = await startSite((incoming, response) => {
        response.writeHead(302, { location: `http://other.example:${incoming.socket.localPort}/` }).end();
      });
      guard.hosts.set('site.example', ['127.0.0.1']);
      guard.hosts.set('other.example', ['127.0.0.1']);
      expect(await failure(`http://site.example:${site.port}/`, { hosts: { allowed: ['site.example'] } })).toBe(
        'not_listed',
      );
      expect(site.asked).toHaveLength(1);
    });

    it('ends when there are too many, and when they go round', async () => {
      await start();
      const site = await startSite(redirecting({ '/': [302, '/'] }));
      expect(await failure(`http://127.0.0.1:${site.port}/`, { maxRedirects: 3 })).toBe('too_many_redirects');
      expect(site.asked).toHaveLength(4);
    });

    it('hands one over when the caller follows none', async () => {
      await start();
      const site = await startSite(redirecting({ '/': [302, 'http://10.0.0.1/'] }));
      const answer = await request(`http://127.0.0.1:${site.port}/`, { maxRedirects: 0 });
      expect(answer).toMatchObject({ status: 302, headers: { location: 'http://10.0.0.1/' } });
    });

    it.each([
      [301, 'POST', 'GET', ''],
      [302, 'POST', 'GET', ''],
      [303, 'PUT', 'GET', ''],
      [303, 'HEAD', 'HEAD', ''],
      [307, 'POST', 'POST', 'secret-free'],
      [308, 'PUT', 'PUT', 'secret-free'],
    ] as const)('%d turns %s into %s', async (status, method, then, body) => {
      await start();
      const site = await startSite(redirecting({ '/': [status, '/end'] }));
      const sent = method === 'HEAD' ? {} : { body: 'secret-free', headers: { 'content-type': 'text/plain' } };
      await request(`http://127.0.0.1:${site.port}/`, { method, ...sent });
      expect(site.asked[1]).toMatchObject({ method: then, body });
      expect(site.asked[1]?.headers['content-type']).toBe(body === '' ? undefined : 'text/plain');
    });

    it('takes no credentials to another origin', async () => {
      await start();
      const site = await startSite((incoming, response) => {
        const to = { '/far': `http://other.example:${incoming.socket.localPort}/end`, '/near': '/end' }[
          incoming.url ?? ''
        ];
        response.writeHead(to ? 307 : 200, to ? { location: to } : {}).end();
      });
      guard.hosts.set('site.example', ['127.0.0.1']);
      guard.hosts.set('other.example', ['127.0.0.1']);
      const headers = {
        Authorization: 'Bearer t',
        Cookie: 's=1',
        'X-Api-Key': 'k',
        'Private-Token': 'p',
        Accept: 'text/html',
      };

      await request(`http://site.example:${site.port}/near`, { headers });
      await request(`http://site.example:${site.port}/far`, { headers });

      const [, near, , far] = site.asked.map((asked) => asked.headers);
      expect(near).toMatchObject({ authorization: 'Bearer t', cookie: 's=1', 'x-api-key': 'k', accept: 'text/html' });
      expect(far).toMatchObject({ accept: 'text/html' });
      expect(Object.keys(far ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/authorization|cookie|key|token/)]),
      );
    });
  });

  describe('against bodies', () => {
    const serve = async (handler: WebHandler) => {
      await start();
      const site = await startSite(handler);
      return { site, url: `http://127.0.0.1:${site.port}/` };
    };

    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
      ['identity', (text: string) => Buffer.from(text)],
    ])('unpacks %s', async (encoding, pack) => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end(pack('packed well'));
      });
      expect((await request(url)).body.toString()).toBe('packed well');
    });

    it('that go on for ever: reads what was asked for and hangs up', async () => {
      const { site, url } = await serve((_request, response) => {
        const piece = Buffer.alloc(64 * 1024, 'x');
        const more = () => {
          while (!response.destroyed && response.write(piece));
        };
        response.on('drain', more);
        more();
      });
      const answer = await request(url, { maxBytes: 1000 });
      expect(answer).toMatchObject({ cut: true });
      expect(answer.body).toHaveLength(1000);
      await until(() => site.open === 0);
    });

    it('that unpack into gigabytes', async () => {
      const { site, url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        const packer = createGzip({ level: 9 });
        packer.pipe(response);
        const zeros = Buffer.alloc(1024 * 1024);
        const more = () => {
          while (!response.destroyed && packer.write(zeros));
        };
        packer.on('drain', more);
        more();
      });
      const answer = await request(url, { maxBytes: 200_000 });
      expect(answer.cut).toBe(true);
      expect(answer.body).toHaveLength(200_000);
      await until(() => site.open === 0);
    });

    it('that unpack into nothing, without end', async () => {
      // Deflate: a stored block of length 0, again and again.
      const empty = Buffer.alloc(5 * 4096, Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]));
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'deflate' });
        response.write(Buffer.from([0x78, 0x9c]));
        const more = () => {
          while (!response.destroyed && response.write(empty));
        };
        response.on('drain', more);
        more();
      });
      expect(await failure(url, { maxBytes: 1000 })).toBe('protocol');
    });

    it('exactly as long as allowed', async () => {
      const { url } = await serve((_request, response) => void response.end('12345'));
      expect(await request(url, { maxBytes: 5 })).toMatchObject({ cut: false });
      expect(await request(url, { maxBytes: 4 })).toMatchObject({ cut: true });
    });

    it.each([
      ['garbage', 'gzip', Buffer.from('not gzip at all'), 'protocol'],
      ['garbage to brotli', 'br', Buffer.from('not brotli at all'), 'protocol'],
      ['half an archive', 'gzip', gzipSync('x'.repeat(1000)).subarray(0, 15), 'protocol'],
      ['several layers', 'gzip, gzip', gzipSync(gzipSync('x')), 'protocol'],
      ['an unknown packing', 'zstd', Buffer.from('x'), 'protocol'],
    ])('that are %s', async (_what, encoding, body, expected) => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end(body);
      });
      expect(await failure(url)).toBe(expected);
    });

    it('that drip: the time is limited as a whole', async () => {
      const { site, url } = await serve((_request, response) => {
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      });
      expect(await failure(url, { timeout: 300 })).toBe('answer_timeout');
      await until(() => site.open === 0);
      expect(guard.finished).toMatchObject([{ outcome: 'answer_timeout' }]);
    });

    it('that break off', async () => {
      const { url } = await serve((_request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('some', () => response.destroy());
      });
      expect(await failure(url)).toBe('reset');
    });

    it('nobody waits for any more', async () => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const { site, url } = await serve((_request, response) => {
        response.write('x');
        controller.abort(reason);
      });
      expect(await failure(url, { signal: controller.signal })).toBe(reason);
      await until(() => site.open === 0);
      expect(guard.finished).toMatchObject([{ outcome: 'aborted' }]);
    });
  });

  it('names why there is no answer', async () => {
    await start();
    const site = await startSite((incoming) => void incoming.socket.destroy());
    expect(await failure('http://nowhere.example/')).toBe('dns');
    expect(await failure(`http://127.0.0.1:${site.port}/`)).toBe('reset');
    await site.stop();
    expect(await failure(`http://127.0.0.1:${site.port}/`)).toBe('refused');
    expect(guard.finished.map(({ outcome }) => outcome)).toEqual(['dns', 'reset', 'refused']);
  });
});

describe('HostResolver', () => {
  const resolver = new HostResolver();

  it('looks up trusted names like the system does', async () => {
    const found = await resolver.resolve('localhost', true, patient());
    expect(found.map(({ address }) => address)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^127\.|^::1$/)]),
    );
  });

  it('says when a name does not exist', async () => {
    const failed = resolver.resolve('nowhere.invalid', false, patient());
    await expect(failed).rejects.toMatchObject({ failure: 'dns' });
  });

  it('ends with its signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const looking = resolver.resolve('nowhere.invalid', false, controller.signal);
    controller.abort(reason);
    await expect(looking).rejects.toThrow();
    await expect(resolver.resolve('nowhere.invalid', false, controller.signal)).rejects.toBe(reason);
  });
});
