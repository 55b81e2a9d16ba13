import { EgressError } from '../../../../src/platform/egress/egress-error';
import { EgressRefusal } from '../../../../src/platform/egress/egress-refusal';
import { GuardedEgress } from '../../../../src/platform/egress/guarded-egress';
import { type GuardUnderTest, startGuard } from '../../../support/guarded-egress';
import { patient } from '../../../support/models';
import { type NameServer, startNameServer } from '../../../support/name-server';
import { startWebSite, type WebSite } from '../../../support/web-site';

describe('names from a real name server', () => {
  let guard: GuardUnderTest;
  let names: NameServer;
  let egress: GuardedEgress;
  /** What everybody may see, and on the same port of the address next to it what nobody may. */
  let open: WebSite;
  let secret: WebSite;

  beforeEach(async () => {
    guard = await startGuard('[security.url_access]\nallow_cidrs = ["127.0.0.2"]\n');
    names = await startNameServer();
    egress = new GuardedEgress(guard.config, guard.events, names.resolver);
    open = await startWebSite((request, response) => {
      if (request.url === '/away') response.writeHead(307, { location: '/end' }).end();
      else response.end('open');
    }, '127.0.0.2');
    secret = await startWebSite((_request, response) => void response.end('secret'), '127.0.0.1', open.port);
  });
  afterEach(async () => {
    await open.stop();
    await secret.stop();
    await names.stop();
    await guard.stop();
  });

  const get = (host: string, path = '/', signal = patient()): Promise<string> =>
    egress
      .request({
        purpose: 'test',
        url: `http://${host}:${open.port}${path}`,
        method: 'GET',
        headers: {},
        signal,
        timeout: 10_000,
        maxBytes: 1000,
        maxRedirects: 3,
      })
      .then(
        ({ body }) => body.toString(),
        (error: unknown) => {
          if (error instanceof EgressRefusal) return error.reason;
          if (error instanceof EgressError) return error.failure;
          throw error;
        },
      );

  it('a name whose answer changes after the check leads to what was checked', async () => {
    names.answers.set('rebind.example', [['127.0.0.2'], ['127.0.0.1']]);
    expect(await get('rebind.example')).toBe('open');
    expect(names.asked).toEqual(['rebind.example']);
    expect(await get('rebind.example')).toBe('loopback');
    expect(secret.connections).toBe(0);
  });

  it('a name whose answer changes between redirects is refused', async () => {
    names.answers.set('rebind.example', [['127.0.0.2'], ['127.0.0.1']]);
    expect(await get('rebind.example', '/away')).toBe('loopback');
    expect(open.asked).toHaveLength(1);
    expect(secret.connections).toBe(0);
  });

  it('many calls at once of a name that changes all the time never reach what is secret', async () => {
    const kinds = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.1', '127.0.0.2']];
    names.answers.set('rebind.example', Array.from({ length: 60 }, () => kinds).flat());
    const results: string[] = [];
    for (let round = 0; round < 3; round++) {
      results.push(...(await Promise.all(Array.from({ length: 10 }, () => get('rebind.example', '/away')))));
    }
    expect(new Set(results)).toEqual(new Set(['open', 'loopback']));
    expect(secret.connections).toBe(0);
  });

  it('a name with addresses of both kinds leads to the one that is allowed', async () => {
    names.answers.set('mixed.example', [['127.0.0.1', '10.0.0.1', '127.0.0.2']]);
    expect(await get('mixed.example')).toBe('open');
  });

  it('an unknown name and one without addresses are failures of the name service', async () => {
    names.answers.set('empty.example', [[]]);
    expect(await get('unknown.example')).toBe('dns');
    expect(await get('empty.example')).toBe('dns');
  });

  it('a name server that keeps silent holds nobody up', async () => {
    names.answers.set('silent.example', [undefined]);
    expect(await get('silent.example')).toBe('dns');
    const reason = new Error('enough');
    await expect(get('silent.example', '/', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
