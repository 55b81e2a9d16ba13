import { PUBLIC, RATE_LIMIT, SCOPES } from '../platform/http/marks';
import type { RateLimitMark } from '../platform/http/marks';
import type { Scope } from '../platform/http/principal';
import type { Route } from './routes';

/** How OpenAPI calls the ways to prove who one is. */
export const SECURITY_SCHEMES = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token of POST /pair. The names at each operation are scopes, of which the token needs one; `admin` fits everywhere.',
  },
  webhookSecret: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Webhook-Secret',
    description:
      'The value of [channels_config.webhook] secret. Standard Webhooks signatures (webhook-id, webhook-timestamp, webhook-signature) count as well.',
  },
} as const;

/** The scopes that open a route, as the bearer guard reads its marks; undefined for a route that needs no token. */
export function scopesOf(route: Route): readonly Scope[] | undefined {
  if (markOf<boolean>(route, PUBLIC) === true) return undefined;
  return markOf<Scope[]>(route, SCOPES) ?? (route.method === 'get' ? ['read'] : ['admin']);
}

/** Any one of these has to be met. */
export function securityOf(route: Route): readonly Readonly<Record<string, readonly string[]>>[] {
  if (route.doc?.access) return route.doc.access;
  return scopesOf(route)?.map((scope) => ({ bearer: [scope] })) ?? [];
}

export function rateLimitOf(route: Route): RateLimitMark | undefined {
  return Reflect.getMetadata(RATE_LIMIT, route.handler) as RateLimitMark | undefined;
}

function markOf<T>({ handler, controller }: Route, mark: string): T | undefined {
  return (Reflect.getMetadata(mark, handler) ?? Reflect.getMetadata(mark, controller)) as T | undefined;
}
