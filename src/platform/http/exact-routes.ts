import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

type Next = () => void;
type Handle = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;

/** As much of a layer of Express' router as is looked at here. */
interface Layer {
  match(path: string): unknown;
  route?: {
    path: unknown;
    methods: Record<string, boolean>;
    stack: readonly { method: string | undefined; handle: Handle }[];
  };
}

/** What Express gives every request that it hands to a route. */
interface RoutedRequest extends IncomingMessage {
  res: ServerResponse;
  originalUrl: string | undefined;
  baseUrl: string;
  params: Record<string, string>;
  route: { path: string };
}

interface ExactRoute {
  /** As Express names it to whoever asks a request. */
  route: { path: string };
  methods: Map<string, Handle>;
}

/** Without a parameter, a wildcard or an optional part, so that the path is what a request asks for, letter by letter. */
const LITERAL = /^\/[\w./-]*$/;

/**
 * Routes with a fixed path, found by one look instead of Express' walk over all of them, which costs a busy route as much as its guards do.
 * Only what Express itself would choose, and nothing that middleware stands before; everything else (a query, another case, a slash at the
 * end) is left to it.
 */
export class ExactRoutes {
  private readonly routes = new Map<string, ExactRoute>();

  /** @param app with all of its routes; later ones are not seen */
  constructor(app: Express) {
    const stack = app.router.stack as unknown as readonly Layer[];
    for (const layer of stack) {
      const path = layer.route?.path;
      if (typeof path !== 'string' || !LITERAL.test(path)) continue;
      const handlers = layer.route?.stack ?? [];
      for (const { method, handle } of handlers) {
        // A second handler waits for the first to give up: that is not what is meant here.
        const isAlone = handlers.filter((other) => (other.method ?? method) === method).length === 1;
        if (method === undefined || !isAlone || firstFor(stack, path, method) !== layer) continue;
        const { methods } = this.routes.get(path) ?? this.addPath(path);
        methods.set(method.toUpperCase(), handle);
      }
    }
  }

  /**
   * The request and the response must be born as Express' own (`ExpressFront`).
   * Lets the request's route answer, when it is one of these; false leaves the request as it was.
   * @param next called when the route gives the request up
   */
  handle(raw: IncomingMessage, response: ServerResponse, next: Next): boolean {
    const found = this.routes.get(raw.url ?? '');
    const handle = found?.methods.get(raw.method ?? '');
    if (found === undefined || handle === undefined) return false;
    const request = raw as RoutedRequest;
    request.res = response;
    request.originalUrl = request.url;
    request.baseUrl = '';
    request.params = {};
    request.route = found.route;
    answer(handle, request, response, next);
    return true;
  }

  private addPath(path: string): ExactRoute {
    const added = { route: { path }, methods: new Map<string, Handle>() };
    this.routes.set(path, added);
    return added;
  }
}

/** Nest answers errors itself; for one that comes through nobody is left who could. */
function answer(handle: Handle, request: IncomingMessage, response: ServerResponse, next: Next): void {
  const cut = () => void response.destroy();
  try {
    Promise.resolve(handle(request, response, next)).catch(cut);
  } catch {
    cut();
  }
}

/** The layer that Express would begin with; one without a route is middleware. */
function firstFor(stack: readonly Layer[], path: string, method: string): Layer | undefined {
  return stack.find((layer) => layer.match(path) && (layer.route === undefined || layer.route.methods[method]));
}
