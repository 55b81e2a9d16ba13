import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express, Request, Response } from 'express';
import { ExactRoutes } from '../../../../src/platform/http/exact-routes';

const say = (name: string) => (request: Request, response: Response) => {
  const { route, params, query, originalUrl } = request;
  response.json({ name, route: (route as { path: string }).path, params, query, originalUrl });
};

function routes(): Express {
  const app = express();
  app.post('/v1/chat', say('chat'));
  app.get('/v1/chat', say('reading the chat'));
  app.get('/items/:id', say('an item'));
  app.get('/items/newest', say('hidden behind an item'));
  app.all('/anything', say('any method'));
  app.get('/picky', (request, response, next) =>
    request.headers['x-give-up'] ? next() : say('picky')(request, response),
  );
  app.get('/two', (_request, _response, next) => next(), say('the second of two'));
  app.use('/guarded', (_request, response) => void response.status(403).json({ name: 'middleware' }));
  app.get('/guarded', say('behind middleware'));
  app.get('/broken', () => Promise.reject(new Error('nobody answers this')));
  app.get('/*rest', say('the page'));
  return app;
}

const servers: Server[] = [];

async function listen(handle: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('routes that are looked up', () => {
  let plain: string;
  let looked: string;
  const found: string[] = [];

  beforeAll(async () => {
    plain = await listen(routes());
    const app = routes();
    const exact = new ExactRoutes(app);
    looked = await listen((request, response) => {
      const next = () => void app(request as Request, response as Response);
      if (exact.handle(request, response, next)) found.push(`${request.method} ${request.url}`);
      else next();
    });
  });

  afterAll(() => {
    for (const server of servers) server.close().closeAllConnections();
  });

  it.each([
    ['POST', '/v1/chat', true],
    ['GET', '/v1/chat', true],
    ['HEAD', '/v1/chat', false],
    ['PUT', '/v1/chat', false],
    ['POST', '/v1/chat/', false],
    ['POST', '/V1/Chat', false],
    ['POST', '/v1/chat?stream=1', false],
    ['POST', '/v1/%63hat', false],
    ['GET', '/items/7', false],
    ['GET', '/items/newest', false],
    ['DELETE', '/anything', false],
    ['GET', '/two', false],
    ['GET', '/guarded', false],
    ['GET', '/elsewhere', false],
    ['GET', '/', false],
    ['GET', '//v1/chat', false],
  ])('%s %s is answered as Express answers it; looked up: %s', async (method, path, isLookedUp) => {
    found.length = 0;
    const [expected, actual] = await Promise.all([fetch(plain + path, { method }), fetch(looked + path, { method })]);
    expect(actual.status).toBe(expected.status);
    expect(await actual.text()).toBe(await expected.text());
    expect(found).toEqual(isLookedUp ? [`${method} ${path}`] : []);
  });

  it('a route that gives a request up leaves it to the next one', async () => {
    const headers = { 'x-give-up': '1' };
    expect(await (await fetch(`${looked}/picky`)).json()).toMatchObject({ name: 'picky' });
    expect(await (await fetch(`${looked}/picky`, { headers })).json()).toMatchObject({ name: 'the page' });
  });

  it('a route that fails without an answer cuts the connection instead of leaving it open', async () => {
    await expect(fetch(`${looked}/broken`)).rejects.toThrow();
  });
});
