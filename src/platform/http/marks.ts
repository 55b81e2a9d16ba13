import { SetMetadata } from '@nestjs/common';
import type { Scope } from './principal';

export const PUBLIC = 'http:public';
export const SCOPES = 'http:scopes';
export const SELF_GUARDED = 'http:self-guarded';
export const RATE_LIMIT = 'http:rate-limit';

/** No token needed. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The token needs one of these scopes; a route without the mark needs `read` for GET and `admin` for anything that changes. */
export const Scopes = (...scopes: Scope[]) => SetMetadata(SCOPES, scopes);

/**
 * With pairing off the bearer guard lets remote callers through, because a guard of the route itself
 * (such as the webhook secret) decides about them and fails closed.
 */
export const SelfGuarded = () => SetMetadata(SELF_GUARDED, true);

/** The sliding-window budgets. Routes that carry the same name share one budget per client. */
export type RateLimitName = 'pair' | 'chat';

export interface RateLimitMark {
  name: RateLimitName;
  /** The sentence of the 429. */
  message: string;
}

/** Counts the route against a budget; routes without the mark are not limited. */
export const RateLimit = (name: RateLimitName, message: string) =>
  SetMetadata(RATE_LIMIT, { name, message } satisfies RateLimitMark);
