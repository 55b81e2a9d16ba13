import type { Express } from 'express';

/** The route of whatever nothing else answers: it is at every path, so it says nothing about one. */
export const FALLBACK_ROUTE = '*path';

interface RouteLayer {
  route?: { path: string; methods: Record<string, boolean> };
  match(path: string): unknown;
}

/** Which methods the router would answer at `path`; empty when nothing is there. */
export function allowedMethods(app: Express, path: string): string[] {
  const methods = new Set<string>();
  for (const layer of app.router.stack as unknown as RouteLayer[]) {
    if (!layer.route || layer.route.path === `/${FALLBACK_ROUTE}` || !matches(layer, path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function matches(layer: RouteLayer, path: string): boolean {
  try {
    return Boolean(layer.match(path));
  } catch {
    // A path that cannot be decoded is nowhere.
    return false;
  }
}
