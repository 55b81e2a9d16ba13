import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import type { Express } from 'express';
import { ExactRoutes } from './exact-routes';

/** Runs before Express for every request and hands it on by `next`. */
export type Prelude = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Slow readers of requests are cut after this time; a turn has limits of its own. */
export const REQUEST_READ_LIMIT_MS = 30_000;

/**
 * Express on a server whose requests and responses are born with the prototypes that Express would give them.
 * Express swaps both prototypes on every request; on these objects the swap changes nothing, so V8 keeps its inline caches
 * (docs/performance.md has the figures).
 */
export class ExpressFront extends ExpressAdapter {
  constructor(private readonly prelude: Prelude) {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    super(app);
    // Nest's place for hooks around every request: nothing hangs in it, and it would stand before every route.
    app.router.stack.length = 0;
  }

  override initHttpServer(): void {
    const app = this.getInstance<Express>();
    const serve = app as (request: IncomingMessage, response: ServerResponse) => void;
    const { prelude } = this;
    let exact: ExactRoutes | undefined;
    const route = (request: IncomingMessage, response: ServerResponse) => {
      // By the first request every room has its routes in place.
      exact ??= new ExactRoutes(app);
      const next = () => serve(request, response);
      if (!exact.handle(request, response, next)) next();
    };
    this.httpServer = createServer(
      {
        IncomingMessage: bornAs(IncomingMessage, app.request),
        ServerResponse: bornAs(ServerResponse, app.response),
        requestTimeout: REQUEST_READ_LIMIT_MS,
        headersTimeout: REQUEST_READ_LIMIT_MS,
        connectionsCheckingInterval: 5_000,
        keepAliveTimeout: 65_000,
        // Only WebSockets are an upgrade; clients that offer HTTP/2 in clear text (Java's do, always) are answered as if they had not.
        shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
      },
      (request, response) => {
        prelude(request, response, () => route(request, response));
      },
    ) satisfies Server;
  }
}

/** A constructor like `base` whose instances have `prototype` itself, which already inherits from `base.prototype`. */
function bornAs<T extends typeof IncomingMessage | typeof ServerResponse>(base: T, prototype: object): T {
  // By way of `Reflect.construct`: objects made by calling Node's constructor on an instance of ours grow slower shapes.
  const Born = function (first: unknown, second: unknown): object {
    return Reflect.construct(base, [first, second], Born) as object;
  };
  Born.prototype = prototype;
  return Born as unknown as T;
}
