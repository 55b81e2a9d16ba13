import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express, Request, Response } from 'express';
import { ExactRoutes } from '../../../../src/platform/http/exact-routes';
import { ExpressFront } from '../../../../src/platform/http/express-front';

const say = (name: string) => (request: Request, response: Response) => {
  const { route, params, query, originalUrl } = request;
  response.json({ name, route: (route as { path: string }).path, params, query, originalUrl });
};

function addRoutes(app: Express): void {
  app.post('/v1/chat', say('chat'));
  app.get('/v1/chat', say('reading the chat'));
  app.get('/items/:id', say('an item'));
  app.get('/items/newest', say('hidden behind an item'));
  app.all('/anything', say('any method'));
  app.get('/picky', (request, response, next) =>
    request.headers['x-give-up'] ? next() : say('picky')(request, response),
  );
  app.get('/two', (_request, _response, next) => next(), say('the second of two'));
  const pass = (_request: Request, _response: Response, next: () => void) => next();
  app.get('/three', pass, (_request, _response, next) => next(), say('the third of three'));
  app.use('/guarded', (_request, response) => void response.status(403).json({ name: 'middleware' }));
  app.get('/guarded', say('behind middleware'));
  app.get('/broken', () => Promise.reject(new Error('nobody answers this')));
  app.get('/failing', () => {
    throw new Error('nobody answers this either');
  });
  app.get('/*rest', say('the page'));
}

const servers: Server[] = [];

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('routes that are looked up', () => {
  let plain: string;
  let looked: string;
  const lookedUp = jest.spyOn(ExactRoutes.prototype, 'handle');

  beforeAll(async () => {
    const app = express();
    app.disable('x-powered-by');
    addRoutes(app);
    plain = await listen(createServer(app));

    const front = new ExpressFront((_request, _response, next) => next());
    front.initHttpServer();
    addRoutes(front.getInstance());
    looked = await listen(front.getHttpServer() as Server);
  });

  afterAll(() => {
    lookedUp.mockRestore();
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
    ['DELETE', '/anything', true],
    ['GET', '/two', false],
    ['GET', '/three', false],
    ['GET', '/guarded', false],
    ['GET', '/elsewhere', false],
    ['GET', '/', false],
    ['GET', '//v1/chat', false],
  ])('%s %s is answered as Express answers it; looked up: %s', async (method, path, isLookedUp) => {
    lookedUp.mockClear();
    const [expected, actual] = await Promise.all([fetch(plain + path, { method }), fetch(looked + path, { method })]);
    expect(actual.status).toBe(expected.status);
    expect(await actual.text()).toBe(await expected.text());
    expect(lookedUp.mock.results).toEqual([{ type: 'return', value: isLookedUp }]);
  });

  it('a route that gives a request up leaves it to the next one', async () => {
    const headers = { 'x-give-up': '1' };
    expect(await (await fetch(`${looked}/picky`)).json()).toMatchObject({ name: 'picky' });
    expect(await (await fetch(`${looked}/picky`, { headers })).json()).toMatchObject({ name: 'the page' });
  });

  it.each(['/broken', '/failing'])('%s, which fails without an answer, is cut and not left open', async (path) => {
    await expect(fetch(looked + path)).rejects.toThrow();
  });
});
