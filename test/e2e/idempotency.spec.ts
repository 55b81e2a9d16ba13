import { once } from 'node:events';
import { connect } from 'node:net';
import type { GatewayConfig } from '../../src/platform/http/gateway.config';
import { describeEachDatabase } from '../support/databases';
import { startIdempotencyApp } from '../support/idempotency-app';

type App = Awaited<ReturnType<typeof startIdempotencyApp>>;

/** The wire facts of an answer that a repetition must have too. */
async function wire(response: Response) {
  const { status, headers } = response;
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  return { status, type: headers.get('content-type'), run: headers.get('x-run'), body };
}

const isReplay = (response: Response) => response.headers.get('idempotent-replayed') === 'true';

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

describeEachDatabase('requests with an idempotency key', (_open, { options }) => {
  const apps: App[] = [];

  async function start(gateway: Partial<GatewayConfig> = {}): Promise<App> {
    const app = await startIdempotencyApp(options(), gateway);
    apps.push(app);
    return app;
  }

  afterEach(async () => {
    await Promise.all(
      apps.splice(0).map((app) => {
        app.routes.gate.resolve();
        return app.stop();
      }),
    );
  });

  it.each(['json', 'empty', 'stream', 'announced', 'piped', 'items/7'])(
    'do the work of /%s once and get the first answer again, byte for byte',
    async (path) => {
      const app = await start();
      app.routes.gate.resolve();
      const first = await app.post(`/${path}`, 'key');
      const firstWire = await wire(first);
      const second = await app.post(`/${path}`, 'key');
      expect(await wire(second)).toEqual(firstWire);
      expect([isReplay(first), isReplay(second)]).toEqual([false, true]);
      expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
      expect(app.routes.runs).toBe(1);
      expect(app.outcomes).toEqual(['stored', 'replayed']);
    },
  );

  it('keep every byte of a stream in any encoding, and let it flow while it runs', async () => {
    const app = await start();
    const response = await app.post('/stream', 'key');
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      app.routes.gate.resolve();
    }
    expect(Buffer.from(chunks[0] ?? []).toString()).toBe('data: run 1\n\n');

    const replayed = await wire(await app.post('/stream', 'key'));
    expect(replayed).toEqual({
      status: 200,
      type: 'text/event-stream',
      run: '1',
      body: 'data: run 1\n\ndata: caf\u00e9\n\ndata: base64\n\ndata: reused\n\n:\u0000\u00ff\n\ndata: more\n\ndata: [DONE]\n\n',
    });
  });

  it.each(['client error', 'crash', 'redirect', 'upstream', 'cut', 'error in the stream'])(
    'are free again after a failure: %s',
    async (failure) => {
      const app = await start();
      await app
        .post('/flaky', 'key', { failure })
        .then((response) => response.text())
        .catch(() => 'cut');
      await until(() => app.outcomes.length > 0);
      const second = await app.post('/flaky', 'key', { failure });
      expect([second.status, await second.text(), isReplay(second)]).toEqual([201, 'run 2', false]);
      const third = await app.post('/flaky', 'key', { failure });
      expect([await third.text(), isReplay(third)]).toEqual(['run 2', true]);
      expect(app.outcomes).toEqual(['released', 'stored', 'replayed']);
    },
  );

  it('may be tried again at once when the failure has been read', async () => {
    const app = await start();
    const send = () => app.post('/flaky', 'key', { failure: 'client error' });
    expect((await send()).status).toBe(400);
    expect((await send()).status).toBe(201);
  });

  it('are not burnt by a body that is not JSON', async () => {
    const app = await start();
    expect((await app.post('/json', 'key', '{broken')).status).toBe(400);
    expect((await app.post('/json', 'key', '{"whole": true}')).status).toBe(201);
    expect(app.routes.runs).toBe(1);
  });

  it('are free again when the client leaves before the end', async () => {
    const app = await start();
    const leaving = new AbortController();
    const response = await fetch(`${app.url}/stream`, {
      method: 'POST',
      headers: { 'Idempotency-Key': 'key' },
      signal: leaving.signal,
    });
    expect(response.status).toBe(200);
    leaving.abort();
    await until(() => app.outcomes.includes('released'));
    app.routes.gate.resolve();
    const second = await fetch(`${app.url}/stream`, { method: 'POST', headers: { 'Idempotency-Key': 'key' } });
    expect(isReplay(second)).toBe(false);
    expect(await second.text()).toContain('data: run 2');
  });

  it('are refused with 409 while the first request runs, on every instance, and replayed afterwards', async () => {
    const app = await start();
    const running = Promise.withResolvers<void>();
    app.routes.onRun = () => running.resolve();
    const first = app.post('/slow', 'key');
    await running.promise;
    const second = await app.post('/slow', 'key');
    expect(second.status).toBe(409);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.json()).toMatchObject({ code: 'idempotency.in_flight', retry_after: 1 });
    app.routes.gate.resolve();
    expect(await (await first).json()).toEqual({ run: 1 });
    expect(await (await app.post('/slow', 'key')).json()).toEqual({ run: 1 });
    expect(app.outcomes).toEqual(['in_flight', 'stored', 'replayed']);
  });

  it('run once however many come at the same moment', async () => {
    const app = await start();
    const responses = await Promise.all(Array.from({ length: 25 }, () => app.post('/json', 'key')));
    const statuses = new Set(responses.map(({ status }) => status));
    expect(app.routes.runs).toBe(1);
    expect([...statuses].sort()).toEqual(statuses.has(409) ? [201, 409] : [201]);
  });

  it('are refused with 422 for another body, path or kind of answer', async () => {
    const app = await start();
    await app.post('/json', 'key', { a: 1 });
    await app.post('/items/7', 'key');
    const others = [
      await app.post('/json', 'key', { a: 2 }),
      await app.post('/json?verbose', 'key', { a: 1 }),
      await app.post('/json', 'key', { a: 1 }, { Accept: 'text/event-stream' }),
      await app.post('/items/8', 'key'),
    ];
    expect(others.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
    expect(await others[0]?.json()).toMatchObject({ code: 'idempotency.key_reused' });
    expect(app.routes.runs).toBe(2);
  });

  it('belong to their caller, their route and their key', async () => {
    const app = await start();
    const bodies = [
      await app.post('/json', 'key', {}, { 'X-Test-Caller': 'alice' }),
      await app.post('/json', 'key', {}, { 'X-Test-Caller': 'bob' }),
      await app.post('/json', 'other', {}, { 'X-Test-Caller': 'alice' }),
      await app.post('/items/1', 'key', {}, { 'X-Test-Caller': 'alice' }),
    ];
    expect(bodies.some(isReplay)).toBe(false);
    expect(app.routes.runs).toBe(4);
  });

  it('may use the older header, and need none at all', async () => {
    const app = await start();
    await app.post('/json', undefined, {}, { 'X-Idempotency-Key': ' key ' });
    expect(isReplay(await app.post('/json', 'key'))).toBe(true);
    expect(isReplay(await app.post('/json', 'key', {}, { 'X-Idempotency-Key': 'key' }))).toBe(true);
    for (const blank of [undefined, '', '   ']) expect(isReplay(await app.post('/json', blank))).toBe(false);
    expect(app.routes.runs).toBe(4);
  });

  it.each([
    ['too long', { 'Idempotency-Key': 'k'.repeat(256) }],
    ['not printable', { 'Idempotency-Key': 'caf\u00e9' }],
    ['two that differ', { 'Idempotency-Key': 'one', 'X-Idempotency-Key': 'two' }],
  ])('are refused with 400 when the key is %s', async (_, headers) => {
    const app = await start();
    const response = await app.post('/json', undefined, {}, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'idempotency.invalid_key' });
    expect(app.routes.runs).toBe(0);
  });

  it('are answered but not kept above 1 MiB', async () => {
    const app = await start();
    expect((await (await app.post('/large', 'key')).arrayBuffer()).byteLength).toBe(1_048_577);
    expect(isReplay(await app.post('/large', 'key'))).toBe(false);
    expect(app.routes.runs).toBe(2);
  });

  it('tell bodies apart on doors that read them themselves', async () => {
    const app = await start();
    const send = (key: string | undefined, body: string) => app.post('/own-reader', key, body);
    expect(await (await send('key', 'hello')).text()).toBe('run 1: hello');
    expect(await (await send('key', 'hello')).text()).toBe('run 1: hello');
    expect((await send('key', 'bye')).status).toBe(422);
    expect(await (await send(undefined, 'hello')).text()).toBe('run 2: hello');
  });

  it('are replayed for idempotency_ttl_secs and run anew after that', async () => {
    const app = await start({ idempotency_ttl_secs: 60 });
    await app.post('/json', 'key');
    app.clock.ahead = 59_000;
    expect(isReplay(await app.post('/json', 'key'))).toBe(true);
    app.clock.ahead = 61_000;
    expect(isReplay(await app.post('/json', 'key'))).toBe(false);
  });

  it('are kept up to idempotency_max_keys, the oldest make room', async () => {
    const app = await start({ idempotency_max_keys: 3 });
    const count = async () => {
      const query = app.database.tables<{ idempotency_keys: { scope: string } }>().selectFrom('idempotency_keys');
      return (await query.select('scope').execute()).length;
    };
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      await (await app.post('/json', key)).text();
      app.clock.ahead += 1;
    }
    await until(async () => (await count()) <= 3);
    expect(isReplay(await app.post('/json', 'e'))).toBe(true);
    expect(isReplay(await app.post('/json', 'a'))).toBe(false);
  });

  it('are counted by what became of them', async () => {
    const app = await start();
    await app.post('/json', 'key');
    await app.post('/json', 'key');
    const metrics = await app.metrics();
    expect(metrics).toContain('zeroclaw_idempotency_total{outcome="stored"} 1');
    expect(metrics).toContain('zeroclaw_idempotency_total{outcome="replayed"} 1');
    expect(metrics).toContain('zeroclaw_idempotency_total{outcome="mismatch"} 0');
  });

  it('replay nothing to a caller whom a guard of the route refuses', async () => {
    const app = await start();
    expect((await app.post('/guarded', 'key')).ok).toBe(true);
    expect((await app.post('/guarded', 'key', {}, { 'X-Refused': 'yes' })).status).toBe(403);
    expect(isReplay(await app.post('/guarded', 'key'))).toBe(true);
    expect(app.routes.runs).toBe(1);
  });

  it.each(['announced', 'json', 'piped'])(
    'do not let the end of an answer out before it is kept: /%s',
    async (path) => {
      const app = await start();
      const running = Promise.withResolvers<void>();
      const stuck = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      const tables = app.database.tables<{ idempotency_keys: { created_at: number } }>();
      let lock: Promise<void> | undefined;
      app.routes.onRun = () => running.resolve();
      app.routes.beforeWork = async () => {
        lock = tables.transaction().execute(async (transaction) => {
          await transaction.updateTable('idempotency_keys').set({ created_at: 1 }).execute();
          locked.resolve();
          await stuck.promise;
        });
        await locked.promise;
      };
      let over = false;
      const answer = app.post(`/${path}`, 'key').then(wire);
      void answer.then(() => (over = true));
      await running.promise;
      await (await app.post('/plain')).text();
      expect(over).toBe(false);
      stuck.resolve();
      await lock;
      const first = await answer;
      expect(await wire(await app.post(`/${path}`, 'key'))).toEqual(first);
    },
  );

  it('leave the connection usable for the next request', async () => {
    const app = await start();
    const { port } = new URL(app.url);
    const request = 'POST /announced HTTP/1.1\r\nHost: x\r\nIdempotency-Key: key\r\nContent-Length: 0\r\n\r\n';
    const socket = connect(Number(port), '127.0.0.1').setEncoding('latin1');
    let received = '';
    socket.on('data', (text: string) => (received += text));
    await once(socket, 'connect');
    // One after the other: a repetition that comes before the first answer is a 409.
    for (const [answered, next] of [request, request, request.replace('key', 'other')].entries()) {
      socket.write(next);
      await until(() => received.split('0123456789').length === answered + 2);
    }
    socket.destroy();
    expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(app.routes.runs).toBe(2);
  });
});
